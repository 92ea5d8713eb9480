package journal_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/fadedistrict/fade"
	"github.com/fadedistrict/fade/notify"
	"github.com/fadedistrict/fade/notify/journal"
)

func sent(id string) notify.Outcome {
	return notify.Outcome{IDs: []string{id}, State: fade.DeliverySent, At: time.Unix(1, 0).UTC(), MessageID: "<" + id + "@fade>"}
}

func open(t *testing.T, folder, holder string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(folder, holder)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// dies is what the test binary does when it is started to die with a journal in hand.
const dies = "FADE_TEST_DIE_WITH_JOURNAL"

func TestMain(m *testing.M) {
	if folder := os.Getenv(dies); folder != "" {
		j, err := journal.Open(folder, "dead")
		if err != nil {
			os.Exit(2)
		}
		for i := range 5 {
			_ = j.Sent(sent(strconv.Itoa(i)))
		}
		j.Settled([]notify.Outcome{sent("0"), sent("3")})
		os.Exit(3) // without closing anything
	}
	os.Exit(m.Run())
}

// Whoever starts after a process that died learns what it had sent; what the ledger knows already may be among it.
func TestJournal_Left(t *testing.T) {
	folder := t.TempDir()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), dies+"="+folder)
	if err := command.Run(); command.ProcessState.ExitCode() != 3 {
		t.Fatalf("the process did not die as it should: %v", err)
	}
	if err := appendTo(filepath.Join(folder, "dead-0.journal"), `{"IDs":["torn`); err != nil {
		t.Fatal(err)
	}
	living := open(t, folder, "living")
	other := open(t, folder, "other")
	left := living.Left()
	if len(left) != 1 || left[0].Holder != "dead" || len(left[0].Sent) != 5 || left[0].Sent[1].MessageID != "<1@fade>" {
		t.Fatalf("Left() = %+v", left)
	}
	if again := other.Left(); len(again) != 0 {
		t.Errorf("two learn of the same: %+v", again)
	}
	left[0].Forget()
	if again := other.Left(); len(again) != 0 {
		t.Errorf("what is forgotten is there: %+v", again)
	}
	for _, j := range []*journal.Journal{living, other} {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	}
	if files, _ := os.ReadDir(folder); len(files) != 0 {
		t.Errorf("there are left %v", files)
	}
}

// A journal does not grow while the ledger keeps up, and keeps what the ledger does not know of.
func TestJournal_Settled(t *testing.T) {
	folder := t.TempDir()
	j := open(t, folder, "one")
	defer func() { _ = j.Close() }()
	size := func() (n int64) {
		for _, name := range []string{"one-0.journal", "one-1.journal"} {
			if info, err := os.Stat(filepath.Join(folder, name)); err == nil {
				n += info.Size()
			}
		}
		return n
	}
	var most int64
	for i := range 5_000 {
		id := strconv.Itoa(i)
		if err := j.Sent(sent(id)); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			j.Settled([]notify.Outcome{sent(strconv.Itoa(i - 1))}) // one is always open
		}
		most = max(most, size())
	}
	if most > 200<<10 {
		t.Errorf("the journal grew to %d bytes", most)
	}
	if size() == 0 {
		t.Error("what the ledger does not know of is gone")
	}
	j.Settled([]notify.Outcome{sent("4999")})
	if size() != 0 {
		t.Errorf("%d bytes are left of what the ledger knows", size())
	}
}

// A journal that is closed before the ledger knew of all is there for whoever starts next.
func TestJournal_Close(t *testing.T) {
	folder := t.TempDir()
	j := open(t, folder, "one")
	if err := j.Sent(sent("1")); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	next := open(t, folder, "two")
	left := next.Left()
	if len(left) != 1 || len(left[0].Sent) != 1 {
		t.Fatalf("Left() = %+v", left)
	}
	next.Settled(left[0].Sent)
	left[0].Forget()
	if err := next.Close(); err != nil {
		t.Fatal(err)
	}
	if files, _ := os.ReadDir(folder); len(files) != 0 {
		t.Errorf("there are left %v", files)
	}
}

func appendTo(path, text string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err != nil {
		return err
	}
	return file.Close()
}
