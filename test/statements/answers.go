package statements

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgproto3"
)

// A message begins with its kind and its length, which counts itself.
const (
	headOfMessage = 5
	lengthOfHead  = 4
	noticeMessage = 'N'
)

// answer passes on what a server sends and records its notices, until the connection ends. A
// notice is recorded before what follows it is passed on.
func (p *Proxy) answer(client, server net.Conn) {
	from, to := bufio.NewReader(server), bufio.NewWriter(client)
	for {
		message, err := nextMessage(from)
		if err != nil {
			return
		}
		if message[0] == noticeMessage {
			p.note(message[headOfMessage:])
		}
		if _, err := to.Write(message); err != nil {
			return
		}
		if from.Buffered() == 0 && to.Flush() != nil {
			return
		}
	}
}

// nextMessage reads one message as it is.
func nextMessage(from io.Reader) ([]byte, error) {
	head := make([]byte, headOfMessage)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	body := make([]byte, binary.BigEndian.Uint32(head[1:])-lengthOfHead)
	if _, err := io.ReadFull(from, body); err != nil {
		return nil, err
	}
	return append(head, body...), nil
}

func (p *Proxy) note(body []byte) {
	var notice pgproto3.NoticeResponse
	if notice.Decode(body) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notices = append(p.notices, notice.Message)
}
