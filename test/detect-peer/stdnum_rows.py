"""Numbers that python-stdnum judges: lines {"type", "text", "valid"}, by the seed and the count that are given.

For each type a template is filled at random; then two of its characters are tried until the number holds, and one character
of what holds is changed, or two neighbours are swapped, so that near misses are many.
"""

import importlib
import json
import random
import string
import sys

# Type -> module and templates. 9 stands for a digit, A for a letter, * for either, all else for itself.
TYPES = {
    "ABA_ROUTING_NUMBER": ("us.rtn", ["0" + "9" * 8, "1" + "9" * 8, "2" + "9" * 8, "3" + "9" * 8]),
    "AR_CUIT": ("ar.cuit", ["20" + "9" * 9, "27-99999999-9", "30" + "9" * 9]),
    "AT_SVNR": ("at.vnr", ["9999150185", "9999 311299"]),
    "AU_ABN": ("au.abn", ["9" * 11, "99 999 999 999"]),
    "AU_ACN": ("au.acn", ["9" * 9, "999 999 999"]),
    "AU_TFN": ("au.tfn", ["9" * 9, "9" * 8, "999 999 999"]),
    "BE_NRN": ("be.nn", ["85011599999", "85.01.15-999.99", "01023199999"]),
    "BG_EGN": ("bg.egn", ["8501159999", "0541159999", "8502319999"]),
    "BR_CNPJ": ("br.cnpj", ["9" * 14, "99.999.999/9999-99"]),
    "BR_CPF": ("br.cpf", ["9" * 11, "999.999.999-99"]),
    "CA_SIN": ("ca.sin", ["9" * 9, "999-999-999"]),
    "CH_AHV": ("ch.ssn", ["756" + "9" * 10, "756.9999.9999.99"]),
    "CL_RUT": ("cl.rut", ["99999999-9", "9.999.999-K"]),
    "CN_RESIDENT_ID": ("cn.ric", ["110105198501159999", "11010519850115999X", "310115198502319999"]),
    "CO_NIT": ("co.nit", ["999999999-9"]),
    "CZ_RODNE_CISLO": ("cz.rc", ["850115/9999", "8551159999", "0402319999"]),
    "DE_TAX_ID": ("de.idnr", ["9" * 11]),
    "DE_VAT_ID": ("de.vat", ["DE" + "9" * 9, "DE 999 999 999"]),
    "DK_CPR": ("dk.cpr", ["150185-9999", "310285-9999"]),
    "EE_ISIKUKOOD": ("ee.ik", ["38501159999", "48502319999"]),
    "ES_CIF": ("es.cif", ["A" + "9" * 8, "A9999999A"]),
    "ES_NIE": ("es.nie", ["X9999999A", "Y9999999A", "Z-9999999-A"]),
    "ES_NIF": ("es.dni", ["99999999A", "99999999-A"]),
    "FI_PERSONAL_IDENTITY_CODE": ("fi.hetu", ["150185-999*", "150105A999*", "310285-999*"]),
    "FR_NIR": ("fr.nir", ["1850178999999" + "99", "2850278999999" + "99", "185012A999999" + "99"]),
    "FR_SIREN": ("fr.siren", ["9" * 9, "999 999 999"]),
    "FR_SIRET": ("fr.siret", ["9" * 14]),
    "GR_AMKA": ("gr.amka", ["15018599999", "31028599999"]),
    "HR_OIB": ("hr.oib", ["9" * 11]),
    "IBAN_CODE": ("iban", ["DE" + "9" * 20, "NL99AAAA9999999999", "GB99AAAA99999999999999", "FR99" + "9" * 23]),
    "IE_PPSN": ("ie.pps", ["9999999A", "9999999AA"]),
    "IL_ID_NUMBER": ("il.idnr", ["9" * 9]),
    "IMEI": ("imei", ["9" * 15, "99-999999-999999-9"]),
    "IN_AADHAAR": ("in_.aadhaar", ["9" * 12, "9999 9999 9999"]),
    "IN_GSTIN": ("in_.gstin", ["27AAAPA9999A9Z*", "36AAACA9999A1Z*"]),
    "IN_PAN": ("in_.pan", ["AAAPA9999A", "AAAAA9999A"]),
    "ISIN_CODE": ("isin", ["US*********9", "DE000999999" + "9", "AA*********9"]),
    "IT_FISCAL_CODE": ("it.codicefiscale", ["AAAAAA85A15A999A", "AAAAAA85A55A999A", "AAAAAA85B31A999A"]),
    "IT_VAT_CODE": ("it.iva", ["9" * 11]),
    "JP_CORPORATE_NUMBER": ("jp.cn", ["9" * 13]),
    "JP_MY_NUMBER": ("jp.in_", ["9" * 12]),
    "KR_BRN": ("kr.brn", ["999-99-99999"]),
    "KR_RRN": ("kr.rrn", ["850115-1999999", "850115-2999999", "850231-1999999"]),
    "LEI_CODE": ("lei", ["*" * 18 + "99"]),
    "MX_CURP": ("mx.curp", ["GOAA850115HDFRRL99", "GOAA050115MDFRRLA9", "GOAA850231HDFRRL99"]),
    "NL_BSN": ("nl.bsn", ["9" * 9]),
    "NO_FODSELSNUMMER": ("no.fodselsnummer", ["15018599999", "31028599999"]),
    "NZ_IRD": ("nz.ird", ["9" * 9, "9" * 8, "99-999-999"]),
    "PL_NIP": ("pl.nip", ["9" * 10, "999-999-99-99"]),
    "PL_PESEL": ("pl.pesel", ["85011599999", "05211599999", "85023199999"]),
    "PL_REGON": ("pl.regon", ["9" * 9]),
    "PT_NIF": ("pt.nif", ["9" * 9, "999 999 999"]),
    "RO_CNP": ("ro.cnp", ["1850115999999", "6050115999999", "1850231999999"]),
    "SE_ORGANISATIONSNUMMER": ("se.orgnr", ["9" * 10, "999999-9999"]),
    "SE_PERSONNUMMER": ("se.personnummer", ["850115-9999", "198501159999", "850231-9999"]),
    "SG_UEN": ("sg.uen", ["99999999A", "201599999A", "T15LL9999A"]),
    "TH_TNIN": ("th.pin", ["9" * 13]),
    "TR_NATIONAL_ID": ("tr.tckimlik", ["9" * 11]),
    "UK_NHS": ("gb.nhs", ["9" * 10, "999 999 9999"]),
    "UK_UTR": ("gb.utr", ["9" * 10]),
    "US_EIN": ("us.ein", ["99-9999999"]),
    "US_ITIN": ("us.itin", ["999-99-9999", "9" * 9]),
    "US_SSN": ("us.ssn", ["999-99-9999", "9" * 9]),
    "ZA_ID_NUMBER": ("za.idnr", ["8501159999089", "8502319999089", "8501159999" + "189"]),
}
KINDS = {"9": string.digits, "A": string.ascii_uppercase, "*": string.digits + string.ascii_uppercase}


def fill(template):
    return "".join(random.choice(KINDS[c]) if c in KINDS else c for c in template)


def changed(text, at, character):
    return text[:at] + character + text[at + 1 :]


def repaired(is_valid, text, template):
    """The text with other characters at the last two places of a kind, or at the first two, that it holds with."""
    places = [at for at, c in enumerate(template) if c in KINDS]
    for first, second in ((places[-2], places[-1]), (places[0], places[1])):
        for a in KINDS[template[first]]:
            for b in KINDS[template[second]]:
                candidate = changed(changed(text, first, a), second, b)
                if is_valid(candidate):
                    return candidate
    return None


def neighbour(text):
    """The text with one digit or letter changed, or two neighbours swapped."""
    at = random.choice([i for i, c in enumerate(text) if c.isalnum()])
    if random.random() < 0.3 and at > 0 and text[at - 1].isalnum():
        return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
    return changed(text, at, random.choice(string.digits if text[at].isdigit() else string.ascii_uppercase))


def main():
    random.seed(int(sys.argv[1]))
    count = int(sys.argv[2])
    for kind, (name, templates) in TYPES.items():
        module = importlib.import_module("stdnum." + name)
        # Of an IBAN, what a country asks of the account number in it is another matter.
        is_valid = (lambda text: module.is_valid(text, check_country=False)) if name == "iban" else module.is_valid
        for index in range(count):
            template = templates[index % len(templates)]
            text = fill(template)
            rows = [text]
            good = repaired(is_valid, text, template)
            if good is not None:
                rows += [good, neighbour(good), neighbour(good)]
            for row in rows:
                print(json.dumps({"type": kind, "text": row, "valid": bool(is_valid(row))}))


main()
