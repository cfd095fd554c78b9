// Judges proofs and tiles with golang.org/x/mod/sumdb/tlog. Reads one JSON document, writes one.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

type proof struct {
	First, Size   int64 // of inclusion: the leaf's index; of consistency: the older size
	Consistency   bool
	Start, Root   string // of inclusion: the leaf; of consistency: the older root
	Hashes        []string
}

type tree struct {
	Size int64
	Root string
}

type question struct {
	Folder string
	Proofs []proof
	Trees  []tree
}

type answer struct {
	Proofs []bool
	Trees  []int // tiles that were verified, -1 where one was not good
}

// files reads the tiles of a folder that is laid out as C2SP tlog-tiles says.
type files struct {
	folder string
	seen   map[string]bool
}

func (f *files) Height() int { return 8 }

func (f *files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		path := strings.Replace(t.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(f.folder, path))
		if err != nil {
			return nil, err
		}
		f.seen[path] = true
		all = append(all, data)
	}
	return all, nil
}

func (f *files) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func hash(text string) (h tlog.Hash) {
	content, err := hex.DecodeString(text)
	if err != nil || len(content) != len(h) {
		panic(fmt.Sprintf("no hash: %q", text))
	}
	copy(h[:], content)
	return h
}

func good(p proof) bool {
	var hashes []tlog.Hash
	for _, each := range p.Hashes {
		hashes = append(hashes, hash(each))
	}
	if p.Consistency {
		return tlog.CheckTree(hashes, p.Size, hash(p.Root), p.First, hash(p.Start)) == nil
	}
	return tlog.CheckRecord(hashes, p.Size, hash(p.Root), p.First, hash(p.Start)) == nil
}

// tiles reads every leaf of the tree through the package's reader, which verifies each tile that it reads.
func tiles(folder string, t tree) int {
	read := &files{folder, map[string]bool{}}
	reader := tlog.TileHashReader(tlog.Tree{N: t.Size, Hash: hash(t.Root)}, read)
	for first := int64(0); first < t.Size; first += 256 {
		var indexes []int64
		for n := first; n < t.Size && n < first+256; n++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, n))
		}
		if _, err := reader.ReadHashes(indexes); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return -1
		}
	}
	return len(read.seen)
}

func main() {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		panic(err)
	}
	said := answer{[]bool{}, []int{}}
	for _, p := range asked.Proofs {
		said.Proofs = append(said.Proofs, good(p))
	}
	for _, t := range asked.Trees {
		said.Trees = append(said.Trees, tiles(asked.Folder, t))
	}
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		panic(err)
	}
}
