// Command gateway-lite is Envoy Gateway as a process without Kubernetes, for tests on one machine. It serves ADS, and the
// Wasm modules that policies name, on loopback ports that it chooses and writes to stdout ("serving 127.0.0.1:PORT", "wasm
// 127.0.0.1:PORT"). For each folder that it reads on a line of stdin, it makes the manifests in there (*.yaml) the whole
// configuration. Each line is answered on stdout: "status KIND/NAME TEXT" for what Envoy Gateway would write into the
// status of a policy that it does not accept, then "applied N" or "refused FILE: reason".
//
// Validation, translation, the fetching of modules and the xDS server are Envoy Gateway's (its internal packages: that is
// why this module stands below its path). Only the wiring is not what runs in a cluster: no TLS to the proxy, and
// listeners are bound to loopback.
//
// Invariant: a folder with one manifest that the schemas refuse changes nothing, as an API server would.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	resourcev3 "github.com/envoyproxy/go-control-plane/pkg/resource/v3"
	xdsserver "github.com/envoyproxy/go-control-plane/pkg/server/v3"
	"google.golang.org/grpc"
	"k8s.io/apimachinery/pkg/util/sets"
	gwapi "sigs.k8s.io/gateway-api/apis/v1"

	api "github.com/envoyproxy/gateway/api/v1alpha1"
	"github.com/envoyproxy/gateway/internal/gatewayapi"
	"github.com/envoyproxy/gateway/internal/gatewayapi/resource"
	"github.com/envoyproxy/gateway/internal/logging"
	"github.com/envoyproxy/gateway/internal/wasm"
	"github.com/envoyproxy/gateway/internal/xds/cache"
	"github.com/envoyproxy/gateway/internal/xds/translator"
)

const namespace = "envoy-gateway-system"

func main() {
	folder := flag.String("wasm-cache", "", "folder for fetched Wasm modules")
	flag.Parse()
	logger := logging.DefaultLogger(os.Stderr, api.LogLevelInfo)
	modules := wasm.NewHTTPServerWithFileCache(
		wasm.ServerOptions{Salt: []byte("test")},
		wasm.CacheOptions{CacheDir: *folder, HTTPRequestMaxRetries: 1, InsecureRegistries: sets.New("*")},
		namespace, logger)
	snapshots := cache.NewSnapshotCache(true, logger)
	server := grpc.NewServer()
	discovery.RegisterAggregatedDiscoveryServiceServer(server, xdsserver.NewServer(context.Background(), snapshots, snapshots))

	ads, files := listen(), listen()
	go func() { fail(server.Serve(ads)) }()
	go func() { fail(http.Serve(files, modules)) }()
	fmt.Println("wasm", files.Addr())
	fmt.Println("serving", ads.Addr())
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		count, err := apply(lines.Text(), modules, snapshots, logger)
		if err != nil {
			fmt.Println("refused", strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		fmt.Println("applied", count)
	}
}

func listen() net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	return listener
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func apply(
	folder string, modules wasm.Cache, snapshots cache.SnapshotCacheWithCallbacks, logger logging.Logger,
) (int, error) {
	resources, count, err := load(folder)
	if err != nil {
		return 0, err
	}
	ctx := context.Background()
	toIR := &gatewayapi.Translator{
		GatewayControllerName:   string(resources.GatewayClass.Spec.ControllerName),
		GatewayClassName:        gwapi.ObjectName(resources.GatewayClass.Name),
		ControllerNamespace:     namespace,
		EndpointRoutingDisabled: true,
		EnvoyPatchPolicyEnabled: true,
		BackendEnabled:          true,
		WasmCache:               modules,
		Logger:                  logger,
	}
	translated, err := toIR.Translate(ctx, resources)
	if err != nil {
		// What cannot be translated is left out, and stands in the status of its resource.
		logger.Error(err, "translation")
	}
	for _, policy := range translated.EnvoyExtensionPolicies {
		report("EnvoyExtensionPolicy", policy.Name, policy.Status)
	}
	for key, xds := range translated.XdsIR {
		toXds := &translator.Translator{ControllerNamespace: namespace, FilterOrder: xds.FilterOrder, Logger: logger}
		result, err := toXds.Translate(ctx, xds)
		if err != nil {
			return 0, err
		}
		for _, policy := range result.EnvoyPatchPolicyStatuses {
			report("EnvoyPatchPolicy", policy.Name, *policy.Status)
		}
		for _, each := range result.XdsResources[resourcev3.ListenerType] {
			bindToLoopback(each.(*listener.Listener))
		}
		if err := snapshots.GenerateNewSnapshot(key, result.XdsResources, ctx); err != nil {
			return 0, err
		}
	}
	return count, nil
}

// load reads each file by itself first, so that a refusal names it.
func load(folder string) (*resource.Resources, int, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return nil, 0, err
	}
	sort.Strings(files)
	all := ""
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, 0, err
		}
		if _, err := resource.LoadResourcesFromYAMLBytes(text, false, nil); err != nil {
			return nil, 0, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		all += string(text) + "\n---\n"
	}
	resources, err := resource.LoadResourcesFromYAMLBytes([]byte(all), false, nil)
	if err == nil && resources.GatewayClass == nil {
		err = io.ErrUnexpectedEOF
	}
	return resources, len(files), err
}

func report(kind, name string, status gwapi.PolicyStatus) {
	for _, ancestor := range status.Ancestors {
		for _, condition := range ancestor.Conditions {
			if condition.Status == "False" {
				text := strings.ReplaceAll(condition.Message, "\n", " ")
				fmt.Printf("status %s/%s %s: %s\n", kind, name, condition.Reason, text)
			}
		}
	}
}

func bindToLoopback(each *listener.Listener) {
	if address := each.GetAddress().GetSocketAddress(); address != nil {
		each.Address = &core.Address{Address: &core.Address_SocketAddress{SocketAddress: &core.SocketAddress{
			Address: "127.0.0.1", PortSpecifier: address.PortSpecifier, Protocol: address.Protocol,
		}}}
	}
}
