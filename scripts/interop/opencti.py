"""Takes every collection in as OpenCTI does: its TAXII client's way through the pages, and its own splitter and importer.

Called by run.ts: opencti.py URL KEY. The platform itself is not there: what the importer would send to it is kept and looked at.
"""

import copy
import json
import re
import uuid

from pycti import OpenCTIApiClient, OpenCTIStix2Splitter
from taxii2client.v21 import Server, as_pages

from checks import KEY, URL, check, finish

INPUT = {'stix_id': 'id', 'pattern': 'pattern', 'name': 'name', 'confidence': 'confidence', 'revoked': 'revoked',
         'createdBy': 'created_by_ref', 'objectMarking': 'object_marking_refs', 'valid_from': 'valid_from',
         'valid_until': 'valid_until', 'modified': 'modified', 'pattern_type': 'pattern_type'}


class Platform:
    """An API client whose platform agrees to everything, and which keeps what it was sent."""

    def __init__(self):
        self.sent = []
        self.client = OpenCTIApiClient('http://127.0.0.1:9', 'unused', log_level='error', perform_health_check=False)
        self.client.query = self.answer

    def answer(self, query, variables=None, *_args, **_more):
        mutation = re.search(r'mutation (\w+)', query)
        field = re.search(r'{\s*(\w+)', query).group(1)
        if mutation is None:
            return {'data': {field: [] if field == 'vocabularyCategories' else {'edges': []}}}
        given = variables.get('input') or {}
        self.sent.append((mutation.group(1), given))
        name = given.get('stix_id') or f'{field}--{len(self.sent)}'
        return {'data': {field: {'id': name, 'standard_id': name, 'entity_type': field, 'parent_types': []}}}

    def take(self, bundle):
        self.client.stix2.import_bundle_from_json(bundle, update=True)

    def inputs(self, mutation):
        return [given for name, given in self.sent if name == mutation]


def split(objects):
    bundle = {'type': 'bundle', 'id': f'bundle--{uuid.uuid4()}', 'objects': copy.deepcopy(objects)}
    return OpenCTIStix2Splitter().split_bundle_with_expectations(json.dumps(bundle), cleanup_inconsistent_bundle=True)


def references(item):
    return {key: value for key, value in item.items() if key.endswith(('_ref', '_refs'))}


def splitter(collection, pages):
    lost = []
    for page in pages:
        count, incompatible, bundles = split(page['objects'])
        after = {item['id']: item for bundle in bundles for item in json.loads(bundle)['objects']}
        lost += [item['id'] for item in page['objects'] if references(item) != references(after.get(item['id'], {}))]
        lost += [item['id'] for item in incompatible] + ([] if count == len(page['objects']) else [f'{count} expected'])
    check(f'pycti: pages of {collection.title} split with every reference', lost == [], lost[:3] if lost else f'{len(pages)} pages')


def importer(collection, pages):
    platform = Platform()
    for page in pages:
        for bundle in split(page['objects'])[2]:
            platform.take(bundle)
    objects = [item for page in pages for item in page['objects']]
    indicators = [item for item in objects if item['type'] == 'indicator']
    got = platform.inputs('IndicatorAdd')
    wrong = [item['id'] for item, given in zip(indicators, sorted(got, key=order(indicators)))
             if any(given.get(theirs) != item.get(ours) for theirs, ours in INPUT.items())]
    check(f'pycti: every indicator of {collection.title} is imported as it was sent',
          wrong == [] and len(got) == len(indicators), wrong[:3] if wrong else f'{len(got)} indicators')
    for kind in ('identity', 'marking-definition'):
        wanted = {item['id'] for item in objects if item['type'] == kind}
        known = {given.get('stix_id') for _mutation, given in platform.sent}
        check(f'pycti: each {kind} of {collection.title} is imported', wanted <= known, sorted(wanted - known) or len(wanted))
    labels = {given['value'] for given in platform.inputs('LabelAdd')}
    wanted = {label for item in indicators for label in item.get('labels', [])}
    check(f'pycti: the labels of {collection.title} are imported', labels == wanted, f'{len(labels)} labels')


def order(indicators):
    places = {item['id']: place for place, item in enumerate(indicators)}
    return lambda given: places.get(given['stix_id'], -1)


def main():
    root = Server(URL + '/api/taxii2/', user='anybody', password=KEY).default
    for collection in root.collections:
        splitter(collection, list(as_pages(collection.get_objects, per_request=20)))
        importer(collection, list(as_pages(collection.get_objects, per_request=1000)))
    finish()


main()
