package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"

	"ringback/dev/demo"
	"ringback/dev/temporalite"
	"ringback/internal/secrets"
)

// folder holds all data of one installation. It includes secrets, so only its owner
// can read it.
type folder struct {
	path string
	new  bool // it had no database before
	lock *flock.Flock
}

// openFolder creates the folder if it does not exist. It locks it until close, or
// until the process ends.
func openFolder(path string) (*folder, error) {
	path, err := folderPath(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder, choose another with --data: %w", err)
	}
	f := &folder{path: path, lock: flock.New(filepath.Join(path, "lock"))}
	locked, err := f.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking the data folder %s: %w", path, err)
	}
	if !locked {
		return nil, fmt.Errorf("another instance is running on the data folder %s: stop it, or choose another folder with --data", path)
	}
	_, err = os.Stat(f.file("ringback.db"))
	f.new = errors.Is(err, fs.ErrNotExist)
	return f, nil
}

// folderPath returns the absolute path, or a folder in the user's cache if path is empty.
func folderPath(path string) (string, error) {
	if path != "" {
		return filepath.Abs(path)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder for the data, choose one with --data: %w", err)
	}
	return filepath.Join(cache, "ringback-dev"), nil
}

func (f *folder) close() error { return f.lock.Unlock() }

func (f *folder) file(name string) string { return filepath.Join(f.path, name) }

func (f *folder) databaseURL() string { return "sqlite:" + f.file("ringback.db") }

func (f *folder) temporalFile() string { return f.file(temporalite.DataFileName()) }

// adminToken returns the operator's token, which is created at the first start.
func (f *folder) adminToken() (string, error) {
	return f.secret("admin-token", func() (string, error) { return rand.Text() + rand.Text(), nil })
}

// encryptionKeys returns the keys that encrypt credentials. They are created at the
// first start.
func (f *folder) encryptionKeys() (string, error) {
	return f.secret("encryption-keys", secrets.Generate)
}

// secret returns the content of a file, which it generates if there is none.
func (f *folder) secret(name string, generate func() (string, error)) (string, error) {
	kept, err := os.ReadFile(f.file(name))
	if err == nil {
		return strings.TrimSpace(string(kept)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading the %s: %w", name, err)
	}
	value, err := generate()
	if err != nil {
		return "", fmt.Errorf("making the %s: %w", name, err)
	}
	if err := f.write(name, []byte(value)); err != nil {
		return "", err
	}
	return value, nil
}

// shop returns the demonstration's shop. ok is false if there is none yet.
func (f *folder) shop() (shop demo.Shop, ok bool, err error) {
	kept, err := os.ReadFile(f.file("demo.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return demo.Shop{}, false, nil
	}
	if err != nil {
		return demo.Shop{}, false, fmt.Errorf("reading which site is the demonstration's: %w", err)
	}
	if err := json.Unmarshal(kept, &shop); err != nil {
		return demo.Shop{}, false, fmt.Errorf("reading %s: %w", f.file("demo.json"), err)
	}
	return shop, true, nil
}

func (f *folder) keepShop(shop demo.Shop) error {
	text, err := json.Marshal(shop)
	if err != nil {
		return fmt.Errorf("writing which site is the demonstration's: %w", err)
	}
	return f.write("demo.json", text)
}

// write replaces a file as a whole. A process that is killed meanwhile leaves the old
// content or the new one.
func (f *folder) write(name string, content []byte) error {
	partial := f.file(name + ".new")
	if err := os.WriteFile(partial, content, 0o600); err != nil {
		return fmt.Errorf("keeping the %s: %w", name, err)
	}
	if err := os.Rename(partial, f.file(name)); err != nil {
		return fmt.Errorf("keeping the %s: %w", name, err)
	}
	return nil
}
