package statements

import (
	"encoding/binary"
	"io"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
)

// The kinds of the messages by which a client has a statement executed.
const (
	queryMessage   = 'Q'
	parseMessage   = 'P'
	bindMessage    = 'B'
	executeMessage = 'E'
)

// conversation is what is known of one connection.
type conversation struct {
	application string
	prepared    map[string]string // statements by their names
	bound       string            // the statement of the portal
}

// nextStart reads the first message of a client as it is. It begins with its length and has no
// kind. What it says is empty if it asks for something else than a session.
func nextStart(from io.Reader) (message []byte, says pgproto3.StartupMessage, err error) {
	head := make([]byte, lengthOfHead)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, says, err
	}
	body := make([]byte, binary.BigEndian.Uint32(head)-lengthOfHead)
	if _, err := io.ReadFull(from, body); err != nil {
		return nil, says, err
	}
	if says.Decode(body) != nil {
		says = pgproto3.StartupMessage{}
	}
	return append(head, body...), says, nil
}

// executed returns the statement that a message of a client executes, if it executes one.
func (c *conversation) executed(message []byte) (string, bool) {
	body := message[headOfMessage:]
	switch message[0] {
	case queryMessage:
		var query pgproto3.Query
		_ = query.Decode(body)
		sql := strings.TrimSpace(query.String)
		return sql, sql != "" && !strings.HasPrefix(sql, "--") // a driver sends a comment to see that the connection lives
	case parseMessage:
		var parse pgproto3.Parse
		if parse.Decode(body) == nil {
			c.prepared[parse.Name] = parse.Query
		}
	case bindMessage:
		var bind pgproto3.Bind
		if bind.Decode(body) == nil {
			c.bound = c.prepared[bind.PreparedStatement]
		}
	case executeMessage:
		return c.bound, true
	}
	return "", false
}
