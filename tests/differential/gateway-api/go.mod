// Pins the official CRDs that tests/differential compares with.
module kubelb.k8c.io/tests/gateway-api

go 1.26.0

require sigs.k8s.io/gateway-api v1.6.2
