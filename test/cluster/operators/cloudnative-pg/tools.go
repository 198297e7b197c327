//go:build tools

// Package operator pins the operator CloudNativePG. Nothing but its version and checksums is kept here.
package operator

import (
	_ "github.com/cloudnative-pg/cloudnative-pg/cmd/manager"
)
