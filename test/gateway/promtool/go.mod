module frostglass.test/promtool

go 1.26.8

require github.com/prometheus/prometheus v0.311.3

tool github.com/prometheus/prometheus/cmd/promtool
