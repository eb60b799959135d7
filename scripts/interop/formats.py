"""Reads an export with a parser that others wrote, and prints the values that it finds in it.

Called with the name of a parser: formats.py PARSER. The export comes by standard input in UTF-8, and the values leave as a JSON array.
What a parser refuses ends with its own error. Requirements are in formats.txt; those of Python itself need none.
"""

import io
import ipaddress
import json
import re
import sys


def addresses(text):
    """Python's own ipaddress: each line an address, or a network without host bits. They are told as they are written."""
    return [line for line in text.splitlines() if ipaddress.ip_network(line)]


def hosts(text):
    """python-hosts: an entry for each line that is no remark."""
    from python_hosts import HostsEntry
    lines = [line for line in text.split('\n') if line and HostsEntry.get_entry_type(line) != 'comment']
    entries = [HostsEntry.str_to_hostentry(line) for line in lines]
    assert all(entry.address == '0.0.0.0' and entry.entry_type == 'ipv4' for entry in entries)
    return [name for entry in entries for name in entry.names]


def names(text):
    """dnspython: each line a name that DNS can hold."""
    from dns.name import from_text
    return [from_text(line).to_text(omit_final_dot=True) for line in text.splitlines()]


def network(owner):
    """What the owner name of an address trigger stands for, the address itself read by Python's ipaddress."""
    prefix, *parts = owner.removesuffix('.rpz-ip').split('.')
    parts.reverse()
    colons = ':'.join('' if part == 'zz' else part for part in parts)
    text = '.'.join(parts) if len(parts) == 4 and 'zz' not in parts else re.sub(r'^:|:$', '::', colons)
    net = ipaddress.ip_network(f'{text}/{prefix}')
    return str(net.network_address) if net.prefixlen == net.max_prefixlen else str(net)


def zone(text):
    """dnspython: a master file (RFC 1035 section 5) with a start of authority and a server at its origin."""
    from dns.zone import from_text
    found = from_text(text, origin='rpz.soc.example.', relativize=True, check_origin=True)
    owners = [name.to_text() for name, _ in found.iterate_rdatasets('CNAME')]
    assert all(data.target.to_text() == '.' for _, _, data in found.iterate_rdatas('CNAME'))
    return [network(name) if name.endswith('.rpz-ip') else name for name in owners if not name.startswith('*.')]


def sigma(text):
    """pySigma: what its rules match, as they would be converted."""
    from sigma.collection import SigmaCollection
    from sigma.types import SigmaCIDRExpression, SpecialChars
    rules = SigmaCollection.from_yaml(text).rules

    def value(item):
        if isinstance(item, SigmaCIDRExpression):
            return item.cidr
        parts = list(item.s)
        is_hash = len(parts) == 3 and re.match(r'(MD5|SHA1|SHA256)=', str(parts[1]))
        if is_hash and parts[0] == parts[2] == SpecialChars.WILDCARD_MULTI:
            return parts[1].split('=')[1]
        assert all(isinstance(part, str) for part in parts), f'a wildcard in {item}'
        return ''.join(parts)

    items = [item for rule in rules for each in rule.detection.detections.values() for item in each.detection_items]
    for rule in rules:
        assert rule.errors == []
        assert rule.detection.parsed_condition[0].parsed
    return [value(each) for item in items for each in item.value]


def content(text):
    """The bytes of a content, after the user guide of Suricata: hexadecimal between bars."""
    parts = text.strip('"').split('|')
    return b''.join(bytes.fromhex(part) if at % 2 else part.encode() for at, part in enumerate(parts)).decode()


def reported(header, options):
    fields = header.split()
    contents = [content(value) for name, value in options if name == 'content']
    if fields[1] == 'ip':
        return fields[5]
    if fields[1] == 'dns':
        return contents[0]
    return f"http://{contents[0]}{'' if fields[6] == 'any' else ':' + fields[6]}{contents[1]}"


def suricataparser(text):
    import suricataparser as parser
    rules = parser.parse_rules(text)
    assert len(rules) == len(text.splitlines()) and all(rule.enabled and rule.sid for rule in rules)
    return [reported(f'{rule.action} {rule.header}', [(o.name, o.value) for o in rule.options]) for rule in rules]


def idstools(text):
    from idstools import rule as parser
    rules = parser.parse_fileobj(io.BytesIO(text.encode()))
    assert len(rules) == len(text.splitlines()) and all(rule.sid for rule in rules)
    return [reported(rule.header, [(o['name'], o['value']) for o in rule.options]) for rule in rules]


def cef(text):
    """pycef: it finds the fields, puts the value under its label, and leaves escapes of values to its caller."""
    import pycef
    unescaped = {'\\n': '\n', '\\r': '\r'}
    values = [pycef.parse(line)['indicator'] for line in text.split('\n') if line]
    return [re.sub(r'\\.', lambda found: unescaped.get(found[0], found[0][1]), value) for value in values]


PARSERS = {each.__name__: each for each in (addresses, hosts, names, zone, sigma, suricataparser, idstools, cef)}

if __name__ == '__main__':
    source = io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8', newline='').read()
    json.dump(PARSERS[sys.argv[1]](source), sys.stdout)
