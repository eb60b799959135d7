"""Asks a running server with clients that others wrote, and says of each check whether it held.

Called by run.ts: clients.py URL KEY. Every line of the output is one check.
"""

import json
import re
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import requests
import stix2
from misp_stix_converter import ExternalSTIX2toMISPParser
from stix2 import Filter, TAXIICollectionSource
from stix2patterns.v21.pattern import Pattern
from stix2patterns.validator import run_validator
from stix2validator import ValidationOptions, validate_instance
from taxii2client.v21 import Server, as_pages

from checks import KEY, URL, check, finish

warnings.simplefilter('ignore')

def server(path):
    return Server(URL + path, user='anybody', password=KEY)


def ids(objects):
    return [item['id'] for item in objects if item['type'] == 'indicator']


def everything(collection, per_request):
    pages = list(as_pages(collection.get_objects, per_request=per_request))
    return pages, [item for page in pages for item in page['objects']]


def taxii2_client(root):
    for path in ('/api/taxii2/', '/taxii2/'):
        found = server(path)
        check(f'taxii2-client: discovery at {path}', found.default is not None and len(found.api_roots) == 1)
        check(f'taxii2-client: collections at {path}', len(found.default.collections) == len(root.collections))
    for collection in root.collections:
        whole = ids(everything(collection, 0)[1])
        for size in (1, 7, 20):
            pages, objects = everything(collection, size)
            check(
                f'taxii2-client: as_pages of {size} over {collection.title}',
                ids(objects) == whole and all(len(page['objects']) <= size for page in pages),
                f'{len(pages)} pages, {len(whole)} indicators',
            )
        manifest = [entry['id'] for page in as_pages(collection.get_manifest, per_request=20)
                    for entry in page['objects'] if entry['id'].startswith('indicator')]
        check(f'taxii2-client: the manifest of {collection.title} has them all', manifest == whole)
    everyone = next(collection for collection in root.collections if collection.title == 'All indicators')
    objects = [item for item in everything(everyone, 0)[1] if item['type'] == 'indicator']
    middle = objects[len(objects) // 2]
    later = everyone.get_objects(added_after=middle['modified'])['objects']
    check('taxii2-client: added_after', ids(later)[0] != middle['id'] and middle['id'] not in ids(later))
    check('taxii2-client: one object', everyone.get_object(middle['id'])['objects'] == [middle])
    versions = everyone.object_versions(middle['id'])['versions']
    check('taxii2-client: versions', versions[-1] == middle['modified'], versions)
    revoked = [item for item in later if item.get('revoked')]
    check('taxii2-client: retractions come with added_after', len(revoked) > 0, len(revoked))


def contribute(root):
    everyone = next(collection for collection in root.collections if collection.title == 'All indicators')
    check('taxii2-client: can_write', [item.title for item in root.collections if item.can_write] == [everyone.title])
    good, held = (
        json.loads(stix2.Indicator(pattern=f"[domain-name:value = '{name}']", pattern_type='stix').serialize())
        for name in ('contributed.example.com', 'google.com'))
    status = everyone.add_objects({'objects': [good, held]})
    check('taxii2-client: add_objects', status.status == 'complete' and status.success_count == 1, status.successes)
    check('taxii2-client: the gate holds back', [item['id'] for item in status.failures] == [held['id']], status.failures)
    status.refresh()
    check('taxii2-client: the status is there later', status.total_count == 2)
    time.sleep(1)
    names = [item.get('name') for item in everything(everyone, 0)[1]]
    check('taxii2-client: what was contributed is published', 'contributed.example.com' in names)
    try:
        everyone.delete_object(good['id'])
        check('taxii2-client: nothing is deleted', False)
    except requests.HTTPError as error:
        check('taxii2-client: nothing is deleted', error.response.status_code == 403)


def stix2_library(root):
    for collection in root.collections:
        objects = everything(collection, 0)[1]
        parsed = stix2.Bundle(objects=[stix2.parse(item, allow_custom=False) for item in objects], allow_custom=False)
        check(f'stix2: strict parsing of {collection.title}', len(getattr(parsed, 'objects', [])) == len(objects))
    everyone = next(collection for collection in root.collections if collection.title == 'All indicators')
    source = TAXIICollectionSource(everyone, allow_custom=False)
    indicators = source.query([Filter('type', '=', 'indicator')])
    check('stix2: TAXIICollectionSource.query', len(indicators) == len(ids(everything(everyone, 0)[1])))
    changed = [item for item in indicators if len(source.all_versions(item.id)) > 1]
    check('stix2: TAXIICollectionSource.all_versions', len(changed) > 0, len(changed))
    check('stix2: TAXIICollectionSource.get', source.get(changed[0].id).modified == changed[0].modified)
    check('stix2: what is not there is None', source.get('indicator--00000000-0000-4000-8000-000000000000') is None)


def export():
    headers = {'X-API-Key': KEY, 'Accept': 'application/stix+json;version=2.1'}
    asked = f'{URL}/api/v1/iocs/stix?limit=10000&include_markings=true'
    strict = requests.get(asked, headers=headers, timeout=30).json()
    related = requests.get(asked + '&include=related', headers=headers, timeout=30).json()
    return strict, related


def validator(root, bundles):
    options = ValidationOptions(version='2.1')
    for collection in root.collections:
        results = [validate_instance(item, options) for item in everything(collection, 0)[1]]
        wrong = [str(error) for result in results for error in result.errors]
        check(f'stix2-validator: {collection.title}', wrong == [], wrong[:3] if wrong else f'{len(results)} objects')
    for name, bundle in bundles.items():
        result = validate_instance(bundle, options)
        wrong = [str(error) for error in result.errors]
        noted = Counter(re.sub(r'.*(\{\d+\})', r'\1', str(warning))[:5] for warning in result.warnings)
        check(f'stix2-validator: {name}', wrong == [], wrong[:3] if wrong else f'{len(bundle["objects"])} objects')
        for code, count in sorted(noted.items()):
            print(f'note   stix2-validator: {name}: {count} recommendations of kind {code} not followed')


def patterns(bundle):
    found = [item for item in bundle['objects'] if item['type'] == 'indicator']
    wrong = [item['pattern'] for item in found if run_validator(item['pattern'], stix_version='2.1')]
    check('stix2-patterns: every pattern is valid', wrong == [], wrong[:3] if wrong else f'{len(found)} patterns')
    wrong = []
    for item in found:
        (paths,) = Pattern(item['pattern']).inspect().comparisons.values()
        ((_path, _operator, literal),) = paths
        value = literal[1:-1].replace("\\'", "'").replace('\\\\', '\\')
        if value != item['name']:
            wrong.append(item['pattern'])
    check('stix2-patterns: every pattern compares with the value that the indicator is named by', wrong == [], wrong[:3])


def misp_stix(bundles):
    for name, bundle in bundles.items():
        parser = ExternalSTIX2toMISPParser()
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / 'bundle.json'
            path.write_text(json.dumps(bundle))
            parser.load_stix_bundle(stix2.parse(path.read_text(), allow_custom=False))
        parser.parse_stix_bundle(single_event=True)
        event = parser.misp_event
        wanted = {item['name'] for item in bundle['objects'] if item['type'] == 'indicator'}
        got = {attribute.value for attribute in event.attributes} | {
            attribute.value for item in event.objects for attribute in item.attributes}
        errors = [text for texts in parser.errors.values() for text in texts]
        missing = sorted(wanted - got)
        check(f'misp-stix: {name}', errors == [], errors[:3] if errors else f'{len(wanted) - len(missing)} of {len(wanted)} values')
        for value in missing[:10]:
            print(f'note   misp-stix: {name}: {value} is not an attribute')


def main():
    root = server('/api/taxii2/').default
    strict, related = export()
    bundles = {'the export': strict, 'the export with related objects': related}
    taxii2_client(root)
    stix2_library(root)
    for name, bundle in bundles.items():
        parsed = stix2.parse(bundle, allow_custom=False)
        check(f'stix2: strict parsing of {name}', len(parsed.objects) == len(bundle['objects']))
    validator(root, bundles)
    patterns(strict)
    misp_stix(bundles)
    contribute(root)
    finish()


main()
