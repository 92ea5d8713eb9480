// Package testserver gives tests real servers: Redis and PostgreSQL, started by the test that wants them
// on free loopback ports, with their data in a temporary folder. A server that already runs on the machine
// is never touched, `go test ./...` needs no preparation, and two test binaries do not meet.
//
//	func TestLayer(t *testing.T) {
//		redis := testserver.StartRedis(t) // its own server, stopped at the end of t
//		url := testserver.Postgres(t)     // a fresh, empty database, dropped at the end of t
//		…
//	}
//
// Every Redis belongs to one test. PostgreSQL takes a second or two to set up, so that one server is
// started by the first test that asks and shared by the test binary; each test has its own database on it.
// A package that uses [Postgres] says when its tests are over, so that the server can be stopped and its
// folder removed:
//
//	func TestMain(m *testing.M) { os.Exit(testserver.Main(m)) }
//	func TestMain(m *testing.M) { goleak.VerifyTestMain(testserver.Closing(m)) } // and look for leaks
//
// No server outlives its test binary, however that ends: on Linux the kernel is told to signal the servers
// when the binary dies (see startProcess), and a folder that a killed binary left behind is removed by the
// next one.
//
// A test whose server is not installed fails and says what to install. It is not skipped: a green run means
// that everything ran.
package testserver
