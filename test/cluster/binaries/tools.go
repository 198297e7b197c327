//go:build tools

// Package binaries pins the programs of a Kubernetes control plane. Nothing but their versions and checksums is kept here.
package binaries

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
)
