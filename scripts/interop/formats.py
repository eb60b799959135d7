"""Reads an export with a parser that others wrote, and prints the values that it finds in it.

Called with the name of a parser: formats.py PARSER. The export comes by standard input in UTF-8, and the values leave as a JSON array.
What a parser refuses ends with its own error. Requirements are in formats.txt; those of Python itself need none.
"""

import base64
import csv
import io
import ipaddress
import json
import re
import sys
from xml.etree import ElementTree


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


def strings(text):
    """Python's own base64: each line a whole value, as Suricata reads datasets of strings."""
    return [base64.b64decode(line, validate=True).decode() for line in text.splitlines()]


def hashes(text):
    """iocextract: the hashes that it finds in whatever text, one in each line."""
    import iocextract
    found = [*iocextract.extract_md5_hashes(text), *iocextract.extract_sha1_hashes(text)]
    found += iocextract.extract_sha256_hashes(text)
    assert len(found) == len(text.splitlines())
    return found


def urls(text):
    """Faup: each line a URL, put together again of its parts. One without a scheme is of the web, as for PAN-OS."""
    from pyfaup import Url

    def again(line):
        bare = '' if '://' in line else 'http://'
        url = Url(bare + line)
        port = '' if url.port in (None, {'http': 80, 'https': 443}[url.scheme]) else f':{url.port}'
        query = '' if url.query is None else f'?{url.query}'
        assert url.fragment is None and url.username is None
        return f'{url.scheme}://{url.host}{port}{url.path or ""}{query}'.removeprefix(bare)

    return [again(line) for line in text.splitlines()]


def rows(text):
    """Python's own csv: a header, and a row of as many cells for each indicator."""
    found = list(csv.DictReader(io.StringIO(text, newline=''), strict=True))
    assert all(None not in row and None not in row.values() for row in found)
    return [row['indicator'] for row in found]


def documents(text):
    """jsonlines: a document of the Elastic Common Schema in each line."""
    import jsonlines

    def value(indicator):
        url = indicator.get('url', {})
        found = [indicator.get('ip'), url.get('full', url.get('domain')), indicator.get('email', {}).get('address')]
        found += indicator.get('file', {}).get('hash', {}).values()
        (told,) = [each for each in found if each is not None]
        return told

    return [value(document['threat']['indicator']) for document in jsonlines.Reader(io.StringIO(text, newline=''))]


def bodies(text):
    """jsonlines, and OASIS's grammar of patterns: each object's pattern compares with one value."""
    import jsonlines
    from stix2patterns.v21.pattern import Pattern

    def value(pattern):
        ((compared,),) = Pattern(pattern).inspect().comparisons.values()
        _path, operator, literal = compared
        assert operator == '=' and literal[0] == literal[-1] == "'"
        return re.sub(r'\\(.)', r'\1', literal[1:-1], flags=re.DOTALL)

    read = jsonlines.Reader(io.StringIO(text, newline=''))
    return [value(each['pattern']) for body in read for each in body['stixobjects']]


def event(text):
    """PyMISP: an event, as it is before it is sent to a server."""
    from pymisp import MISPEvent
    read = MISPEvent()
    read.from_json(text)
    return [attribute.value for attribute in read.attributes]


def openioc(text):
    """Python's own XML parser, expat: the contents of what is indicated, in the namespace of OpenIOC 1.0."""
    space = '{http://schemas.mandiant.com/2010/ioc}'
    root = ElementTree.fromstring(text.encode())
    assert root.tag == f'{space}ioc'
    items = list(root.iterfind(f'{space}definition/{space}Indicator//{space}IndicatorItem'))
    assert all(item.get('condition') == 'is' and item.find(f'{space}Context').get('search') for item in items)
    return [item.findtext(f'{space}Content') for item in items]


PARSERS = {
    each.__name__: each
    for each in (
        addresses, hosts, names, zone, sigma, suricataparser, idstools, cef, strings, hashes, urls, rows, documents, bodies,
        event, openioc,
    )
}

if __name__ == '__main__':
    source = io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8', newline='').read()
    json.dump(PARSERS[sys.argv[1]](source), sys.stdout)
