// istiod-lite serves what Istio's own control-plane code makes of a folder of manifests, as plaintext ADS on loopback and
// without Kubernetes. Each line on stdin names a folder, the whole desired state: manifests that changed are pushed, those
// that are gone are withdrawn. Each line is answered on stdout, "applied N" or "refused FILE: reason".
//
// Translation and validation are Istio's; only the wiring, its test server, is not what runs in a cluster. Remote Wasm
// modules are fetched and verified by the code of istio-agent, which stands beside each proxy in a cluster.
//
// Invariant: a folder with one manifest that Istio's validation refuses changes nothing, as its admission webhook would.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"time"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/protobuf/types/known/anypb"

	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pilot/pkg/model"
	v3 "istio.io/istio/pilot/pkg/xds/v3"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/test"
	"istio.io/istio/pkg/wasm"
)

// Changes within this time are one push, as in a cluster.
const debounce = 20 * time.Millisecond

func main() {
	meshFile := flag.String("mesh", "", "MeshConfig file")
	cache := flag.String("wasm-cache", "", "folder for fetched Wasm modules")
	flag.Parse()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	meshConfig, err := mesh.ReadMeshConfig(*meshFile)
	if err != nil {
		fail(err)
	}
	err = test.Wrap(func(t test.Failer) {
		server := xds.NewFakeDiscoveryServer(t, xds.FakeOptions{
			MeshConfig:      meshConfig,
			ListenerBuilder: func() (net.Listener, error) { return listener, nil },
			DebounceTime:    debounce,
		})
		generators := server.Discovery.Generators
		generators[v3.ExtensionConfigurationType] = &agent{
			generators[v3.ExtensionConfigurationType],
			wasm.NewLocalFileCache(*cache, wasm.Options{HTTPRequestMaxRetries: 1}),
		}
		fmt.Println("serving", listener.Addr())
		state := applied{}
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			count, err := state.apply(server.Store(), lines.Text())
			if err != nil {
				fmt.Println("refused", err)
				continue
			}
			// What Istio derives from a manifest may come later than the push that the manifest caused.
			time.AfterFunc(5*debounce, func() {
				server.Discovery.ConfigUpdate(&model.PushRequest{Forced: true, Reason: model.NewReasonStats(model.ConfigUpdate)})
			})
			fmt.Println("applied", count)
		}
	})
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// applied is what this program put into the store; Istio adds what it derives from it, and takes that away itself.
type applied map[string]config.Config

func (a applied) apply(store model.ConfigStoreController, folder string) (int, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return 0, err
	}
	sort.Strings(files)
	wanted := applied{}
	var order []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		configs, unknown, err := crd.ParseInputs(string(text))
		if err != nil {
			return 0, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		if len(unknown) > 0 {
			return 0, fmt.Errorf("%s: unknown kind %s", filepath.Base(file), unknown[0].Kind)
		}
		for _, one := range configs {
			wanted[one.Key()] = one
			order = append(order, one.Key())
		}
	}
	for key, present := range a {
		if _, stays := wanted[key]; stays {
			continue
		}
		if err := store.Delete(present.GroupVersionKind, present.Name, present.Namespace, nil); err != nil {
			return 0, err
		}
		delete(a, key)
	}
	for _, key := range order {
		next := wanted[key]
		present, known := a[key]
		if known && reflect.DeepEqual(present.Spec, next.Spec) {
			continue
		}
		if known {
			_, err = store.Update(next)
		} else {
			_, err = store.Create(next)
		}
		if err != nil {
			return 0, err
		}
		a[key] = next
	}
	return len(files), nil
}

// agent does to extension configurations what istio-agent does on their way to Envoy.
type agent struct {
	model.XdsResourceGenerator
	cache wasm.Cache
}

func (a *agent) Generate(proxy *model.Proxy, w *model.WatchedResource, req *model.PushRequest) (
	model.Resources, model.XdsLogDetails, error,
) {
	resources, details, err := a.XdsResourceGenerator.Generate(proxy, w, req)
	if err != nil || resources == nil {
		return resources, details, err
	}
	bodies := make([]*anypb.Any, 0, len(resources))
	for _, resource := range resources {
		bodies = append(bodies, resource.Resource)
	}
	if err := wasm.MaybeConvertWasmExtensionConfig(bodies, a.cache); err != nil {
		return nil, details, err
	}
	converted := make(model.Resources, 0, len(resources))
	for index, resource := range resources {
		converted = append(converted, &discovery.Resource{Name: resource.Name, Resource: bodies[index]})
	}
	return converted, details, nil
}
