package message

import (
	"reflect"
	"testing"
)

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []Address
	}{
		{"", nil},
		{"ana@example.net", []Address{{Mailbox: "ana", Host: "example.net"}}},
		{"Ana <ana@example.net>", []Address{{Name: "Ana", Mailbox: "ana", Host: "example.net"}}},
		{`"Ana, the 2nd" <ana@example.net>, bob@example.org`,
			[]Address{{Name: "Ana, the 2nd", Mailbox: "ana", Host: "example.net"}, {Mailbox: "bob", Host: "example.org"}}},
		{`"a b"@example.net`, []Address{{Mailbox: "a b", Host: "example.net"}}},
		{`Ana M. García <a@b>`, []Address{{Name: "Ana M. García", Mailbox: "a", Host: "b"}}},
		{"a@[192.0.2.1]", []Address{{Mailbox: "a", Host: "[192.0.2.1]"}}},
		{"<a@[IPv6:2001:db8::1]>", []Address{{Mailbox: "a", Host: "[IPv6:2001:db8::1]"}}},
		// RFC 5322 appendix A.1.3 and A.6: groups, comments, obsolete routes.
		{"A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;", []Address{
			{Mailbox: "A Group", Group: GroupStart}, {Name: "Ed Jones", Mailbox: "c", Host: "a.test"},
			{Mailbox: "joe", Host: "where.test"}, {Name: "John", Mailbox: "jdoe", Host: "one.test"}, {Group: GroupEnd}}},
		{"Undisclosed recipients:;", []Address{{Mailbox: "Undisclosed recipients", Group: GroupStart}, {Group: GroupEnd}}},
		{"(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;",
			[]Address{{Mailbox: "Hidden recipients", Group: GroupStart}, {Group: GroupEnd}}},
		{"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", []Address{{Name: "Pete", Mailbox: "pete", Host: "silly.test"}}},
		{"Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
			[]Address{{Name: "Mary Smith", Route: "@node.test", Mailbox: "mary", Host: "example.net"}, {Mailbox: "jdoe", Host: "test.example"}}},
		{"Joe Q. Public <john . q . public@example.com>", []Address{{Name: "Joe Q. Public", Mailbox: "john.q.public", Host: "example.com"}}},
		{"jdoe@example.org (John Doe)", []Address{{Name: "John Doe", Mailbox: "jdoe", Host: "example.org"}}},
		// What is wrong, but arrives.
		{"root", []Address{{Mailbox: "root"}}},
		{"<>", nil},
		{"Ana <ana@example.net", []Address{{Name: "Ana", Mailbox: "ana", Host: "example.net"}}},
		{"a@b; c@d", []Address{{Mailbox: "a", Host: "b"}, {Mailbox: "c", Host: "d"}}},
		{"Ana [work] <a@b>", []Address{{Name: "Ana [work]", Mailbox: "a", Host: "b"}}},
		{"Group: a@b", []Address{{Mailbox: "Group", Group: GroupStart}, {Mailbox: "a", Host: "b"}, {Group: GroupEnd}}},
		{">>>a@b", []Address{{Mailbox: "a", Host: "b"}}},
		{"=?utf-8?q?J=C3=B8rn?= <j@x>", []Address{{Name: "=?utf-8?q?J=C3=B8rn?=", Mailbox: "j", Host: "x"}}},
	} {
		if got := ParseAddresses(c.in); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q:\n got %+v\nwant %+v", c.in, got, c.want)
		}
	}
	if got := ParseAddresses("=?utf-8?q?J=C3=B8rn?= <j@x>")[0].Display(); got != "Jørn" {
		t.Errorf("display name %q", got)
	}
	if got := (Address{Mailbox: "a b", Host: "x"}).String(); got != `"a b"@x` {
		t.Errorf("quoted local part: %s", got)
	}
}
