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

// folder is where everything of one installation lives, secrets included, so
// it is for its owner's eyes alone.
type folder struct {
	path string
	new  bool // nothing was in it before
	lock *flock.Flock
}

// openFolder makes the folder, unless it is there, and locks it until close or
// the process's end.
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

// folderPath is the folder asked for, or one in the user's cache.
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

// adminToken is the operator's token, made at the first start.
func (f *folder) adminToken() (string, error) {
	return f.secret("admin-token", func() (string, error) { return rand.Text() + rand.Text(), nil })
}

// encryptionKeys are the keys that credentials are sealed with, made at the first start.
func (f *folder) encryptionKeys() (string, error) {
	return f.secret("encryption-keys", secrets.Generate)
}

// secret reads a file, which it makes once.
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

// shop is the demonstration's shop; ok is false when there has been none.
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

// write replaces a file as a whole: a process killed meanwhile leaves the old one or the new.
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
