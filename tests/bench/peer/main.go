// SPDX-License-Identifier: Apache-2.0

// The peer of the benchmark: an admission webhook on controller-runtime as a Go team would write it.
// It decodes LoadBalancers and Routes into typed structs, checks a few rules and patches two fields.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

const tenantLabel = "kubelb.k8c.io/tenant"

type endpointAddress struct {
	IP       string `json:"ip,omitempty"`
	Hostname string `json:"hostname,omitempty"`
}

type port struct {
	Name     string          `json:"name,omitempty"`
	Port     int32           `json:"port"`
	Protocol corev1.Protocol `json:"protocol,omitempty"`
}

type endpoints struct {
	Name      string            `json:"name,omitempty"`
	Addresses []endpointAddress `json:"addresses,omitempty"`
	Ports     []port            `json:"ports,omitempty"`
}

type kubernetesSource struct {
	Resource unstructured.Unstructured `json:"resource,omitempty"`
	Services []corev1.Service          `json:"services,omitempty"`
}

type source struct {
	Kubernetes *kubernetesSource `json:"kubernetes,omitempty"`
}

type spec struct {
	Endpoints []endpoints `json:"endpoints,omitempty"`
	Ports     []port      `json:"ports,omitempty"`
	Source    *source     `json:"source,omitempty"`
	Type      string      `json:"type,omitempty"`
}

// object is a LoadBalancer, which has ports, or a Route, which has a source.
type object struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              spec `json:"spec,omitempty"`
}

func namespaceOf(user string) (string, bool) {
	parts := strings.Split(user, ":")
	if len(parts) != 4 || parts[0] != "system" || parts[1] != "serviceaccount" {
		return "", false
	}
	return parts[2], strings.HasPrefix(parts[2], "tenant-")
}

func checkPorts(path string, ports []port) error {
	for i, p := range ports {
		if p.Port < 1 || p.Port > 65535 {
			return fmt.Errorf("%s[%d].port: must be 1 to 65535", path, i)
		}
		if p.Name != "" {
			if wrong := validation.IsDNS1123Label(p.Name); len(wrong) > 0 {
				return fmt.Errorf("%s[%d].name: %s", path, i, wrong[0])
			}
		}
	}
	return nil
}

func checkAddress(path string, address endpointAddress) error {
	ip := net.ParseIP(address.IP)
	if ip == nil || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() {
		return fmt.Errorf("%s.ip: not allowed", path)
	}
	return nil
}

func check(o *object) error {
	if err := checkPorts("spec.ports", o.Spec.Ports); err != nil {
		return err
	}
	for i, group := range o.Spec.Endpoints {
		path := fmt.Sprintf("spec.endpoints[%d]", i)
		if err := checkPorts(path+".ports", group.Ports); err != nil {
			return err
		}
		for j, address := range group.Addresses {
			if err := checkAddress(fmt.Sprintf("%s.addresses[%d]", path, j), address); err != nil {
				return err
			}
		}
	}
	return nil
}

type handler struct{ mutates bool }

func (h handler) Handle(_ context.Context, request admission.Request) admission.Response {
	namespace, ok := namespaceOf(request.UserInfo.Username)
	if !ok || namespace != request.Namespace {
		return admission.Denied("the namespace is not the tenant's own")
	}
	o := &object{}
	if err := json.Unmarshal(request.Object.Raw, o); err != nil {
		return admission.Errored(http.StatusBadRequest, err)
	}
	if err := check(o); err != nil {
		return admission.Denied(err.Error())
	}
	if !h.mutates {
		return admission.Allowed("")
	}
	if o.Labels == nil {
		o.Labels = map[string]string{}
	}
	o.Labels[tenantLabel] = namespace
	raw, err := json.Marshal(o)
	if err != nil {
		return admission.Errored(http.StatusInternalServerError, err)
	}
	return admission.PatchResponseFromRaw(request.Object.Raw, raw)
}

func main() {
	port := flag.Int("port", 9444, "where to serve on the loopback address")
	certs := flag.String("certs", ".", "the folder of tls.crt and tls.key")
	flag.Parse()
	log.SetLogger(zap.New(zap.WriteTo(os.Stderr)))
	server := webhook.NewServer(webhook.Options{Host: "127.0.0.1", Port: *port, CertDir: *certs})
	server.Register("/validate", &admission.Webhook{Handler: handler{mutates: false}})
	server.Register("/mutate", &admission.Webhook{Handler: handler{mutates: true}})
	if err := server.Start(ctrl.SetupSignalHandler()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
