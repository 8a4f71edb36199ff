// Package buildid reads the id that Go gave a program when it was built. It must not
// know who asks for it.
package buildid

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"strings"
)

// section is the part of a program's file with the id. It holds a note of ELF: three
// numbers of four bytes, a name of four bytes, and the id.
const (
	section    = ".note.go.buildid"
	lengthAt   = 4
	noteHeader = 16
)

// Own returns the hash of this program's content, as "go build" computed it. Programs
// built of the same sources with the same settings have the same one. The error says
// that the program has none, or has it in a place that this package does not read, as on
// systems whose programs are not ELF files.
func Own() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding the program's file: %w", err)
	}
	file, err := elf.Open(path)
	if err != nil {
		return "", fmt.Errorf("reading the program's build id: %w", err)
	}
	defer func() { _ = file.Close() }() // it is only read
	found := file.Section(section)
	if found == nil {
		return "", errors.New("the program has no build id")
	}
	note, err := found.Data()
	if err != nil {
		return "", fmt.Errorf("reading the program's build id: %w", err)
	}
	if len(note) < noteHeader || len(note)-noteHeader < int(file.ByteOrder.Uint32(note[lengthAt:])) {
		return "", errors.New("the program's build id is cut off")
	}
	id := string(note[noteHeader:][:file.ByteOrder.Uint32(note[lengthAt:])])
	return id[strings.LastIndexByte(id, '/')+1:], nil // the parts before it name the sources
}
