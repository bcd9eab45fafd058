// Which function a check number stands for. A check gets the bytes of a match that fits its pattern.
// Invariant: a check reads nothing but these bytes, allocates nothing, and an unknown number passes nothing.

import {
  CHECK_ABA,
  CHECK_ASSIGNED_PASSWORD,
  CHECK_ASSIGNED_SECRET,
  CHECK_AR_CUIT,
  CHECK_AT_SVNR,
  CHECK_AU_ABN,
  CHECK_AU_ACN,
  CHECK_AU_MEDICARE,
  CHECK_AU_TFN,
  CHECK_BASIC_AUTH,
  CHECK_BE_NRN,
  CHECK_BG_EGN,
  CHECK_BITCOIN,
  CHECK_BR_CNPJ,
  CHECK_BR_CPF,
  CHECK_CARD,
  CHECK_CA_SIN,
  CHECK_CH_AHV,
  CHECK_CL_RUT,
  CHECK_CN_RESIDENT,
  CHECK_CO_NIT,
  CHECK_CZ_SK_NUMBER,
  CHECK_DATE,
  CHECK_DEA,
  CHECK_DE_HEALTH_INSURANCE,
  CHECK_DE_LANR,
  CHECK_DE_SOCIAL_SECURITY,
  CHECK_DE_TAX_ID,
  CHECK_DE_PLZ,
  CHECK_DK_CPR,
  CHECK_EE_LT_CODE,
  CHECK_EMAIL,
  CHECK_ENTROPY,
  CHECK_ES_CIF,
  CHECK_ES_NIF,
  CHECK_FI_HETU,
  CHECK_FR_NIR,
  CHECK_FR_SIRET,
  CHECK_GR_AMKA,
  CHECK_HK_ID,
  CHECK_IBAN,
  CHECK_ICAO,
  CHECK_IE_PPSN,
  CHECK_IMEI,
  CHECK_IN_GSTIN,
  CHECK_ISIN,
  CHECK_ISO7064_11_10,
  CHECK_IT_FISCAL_CODE,
  CHECK_IT_VAT,
  CHECK_JP_CORPORATE,
  CHECK_JP_MY_NUMBER,
  CHECK_KR_BRN,
  CHECK_KR_RRN,
  CHECK_LEI,
  CHECK_LOCAL_PHONE,
  CHECK_LUHN,
  CHECK_MX_CURP,
  CHECK_NATIONAL_PHONE,
  CHECK_NL_BSN,
  CHECK_NONE,
  CHECK_NO_FNR,
  CHECK_NPI,
  CHECK_NZ_IRD,
  CHECK_PHONE,
  CHECK_PH_MOBILE,
  CHECK_PH_TIN,
  CHECK_PL_NIP,
  CHECK_PL_PESEL,
  CHECK_PL_REGON,
  CHECK_PT_NIF,
  CHECK_RANDOM,
  CHECK_RO_CNP,
  CHECK_SE_PERSONNUMMER,
  CHECK_SG_NRIC,
  CHECK_SG_UEN,
  CHECK_SPOKEN_PASSWORD,
  CHECK_SSN,
  CHECK_TH_TNIN,
  CHECK_TR_ID,
  CHECK_TR_PHONE,
  CHECK_TW_ID,
  CHECK_UK_NHS,
  CHECK_UK_NINO,
  CHECK_UK_UTR,
  CHECK_VERHOEFF,
  CHECK_VIN,
  CHECK_ZA_ID,
  CHECK_ZA_TRAFFIC,
  CHECK_MAC,
  CHECK_VARIED,
  CHECK_BR_PIS,
} from "../checks.gen";
import { arCuit, brCnpj, brCpf, brPis, caSin, clRut, coNit, dea, mxCurp, npi, ssn } from "./america";
import {
  auAbn,
  auAcn,
  auMedicare,
  auTfn,
  cnResident,
  hkId,
  inGstin,
  jpCorporate,
  jpMyNumber,
  krBrn,
  krRrn,
  nzIrd,
  phTin,
  sgNric,
  sgUen,
  thTnin,
  trId,
  twId,
  zaId,
  zaTraffic,
} from "./asia";
import { bitcoin } from "./bitcoin";
import { date } from "./calendar";
import {
  atSvnr,
  beNrn,
  bgEgn,
  chAhv,
  czSkNumber,
  deTaxId,
  dkCpr,
  eeLtCode,
  grAmka,
  nlBsn,
  noFnr,
  plNip,
  plPesel,
  plRegon,
  ptNif,
  roCnp,
  sePersonnummer,
  ukNhs,
  ukUtr,
} from "./europe";
import { aba, isin, vin } from "./finance";
import { iban, iso7064Mod1110, lei } from "./iso7064";
import {
  deHealthInsurance,
  deLanr,
  deSocialSecurity,
  esCif,
  esNif,
  fiHetu,
  frNir,
  icao,
  iePpsn,
  itFiscalCode,
  ukNino,
} from "./letters";
import { card, frSiret, imei, itVat, luhn } from "./luhn";
import { dePlz, localPhone, nationalPhone, phMobile, phone, trPhone } from "./phone";
import { assignedPassword, assignedSecret, basicAuth, email, entropy, mac, random, spokenPassword, varied } from "./shape";
import { verhoeff } from "./verhoeff";

export function verify(check: u32, text: usize, length: u32): bool {
  switch (check) {
    case CHECK_NONE:
      return true;
    case CHECK_LUHN:
      return luhn(text, length);
    case CHECK_CARD:
      return card(text, length);
    case CHECK_IBAN:
      return iban(text, length);
    case CHECK_ABA:
      return aba(text, length);
    case CHECK_LEI:
      return lei(text, length);
    case CHECK_ISIN:
      return isin(text, length);
    case CHECK_IMEI:
      return imei(text, length);
    case CHECK_VIN:
      return vin(text, length);
    case CHECK_BITCOIN:
      return bitcoin(text, length);
    case CHECK_SSN:
      return ssn(text, length);
    case CHECK_NPI:
      return npi(text, length);
    case CHECK_DEA:
      return dea(text, length);
    case CHECK_UK_NHS:
      return ukNhs(text, length);
    case CHECK_UK_NINO:
      return ukNino(text, length);
    case CHECK_UK_UTR:
      return ukUtr(text, length);
    case CHECK_DE_TAX_ID:
      return deTaxId(text, length);
    case CHECK_ISO7064_11_10:
      return iso7064Mod1110(text, length);
    case CHECK_ICAO:
      return icao(text, length);
    case CHECK_DE_SOCIAL_SECURITY:
      return deSocialSecurity(text, length);
    case CHECK_DE_HEALTH_INSURANCE:
      return deHealthInsurance(text, length);
    case CHECK_DE_LANR:
      return deLanr(text, length);
    case CHECK_FR_NIR:
      return frNir(text, length);
    case CHECK_IT_FISCAL_CODE:
      return itFiscalCode(text, length);
    case CHECK_ES_NIF:
      return esNif(text, length);
    case CHECK_ES_CIF:
      return esCif(text, length);
    case CHECK_PL_PESEL:
      return plPesel(text, length);
    case CHECK_PL_NIP:
      return plNip(text, length);
    case CHECK_PL_REGON:
      return plRegon(text, length);
    case CHECK_SE_PERSONNUMMER:
      return sePersonnummer(text, length);
    case CHECK_FI_HETU:
      return fiHetu(text, length);
    case CHECK_DK_CPR:
      return dkCpr(text, length);
    case CHECK_NO_FNR:
      return noFnr(text, length);
    case CHECK_NL_BSN:
      return nlBsn(text, length);
    case CHECK_BE_NRN:
      return beNrn(text, length);
    case CHECK_PT_NIF:
      return ptNif(text, length);
    case CHECK_CH_AHV:
      return chAhv(text, length);
    case CHECK_AT_SVNR:
      return atSvnr(text, length);
    case CHECK_IE_PPSN:
      return iePpsn(text, length);
    case CHECK_EE_LT_CODE:
      return eeLtCode(text, length);
    case CHECK_RO_CNP:
      return roCnp(text, length);
    case CHECK_BG_EGN:
      return bgEgn(text, length);
    case CHECK_CZ_SK_NUMBER:
      return czSkNumber(text, length);
    case CHECK_GR_AMKA:
      return grAmka(text, length);
    case CHECK_CA_SIN:
      return caSin(text, length);
    case CHECK_BR_CPF:
      return brCpf(text, length);
    case CHECK_BR_CNPJ:
      return brCnpj(text, length);
    case CHECK_MX_CURP:
      return mxCurp(text, length);
    case CHECK_CL_RUT:
      return clRut(text, length);
    case CHECK_AR_CUIT:
      return arCuit(text, length);
    case CHECK_AU_TFN:
      return auTfn(text, length);
    case CHECK_AU_ABN:
      return auAbn(text, length);
    case CHECK_AU_ACN:
      return auAcn(text, length);
    case CHECK_AU_MEDICARE:
      return auMedicare(text, length);
    case CHECK_NZ_IRD:
      return nzIrd(text, length);
    case CHECK_VERHOEFF:
      return verhoeff(text, length);
    case CHECK_IN_GSTIN:
      return inGstin(text, length);
    case CHECK_SG_NRIC:
      return sgNric(text, length);
    case CHECK_KR_RRN:
      return krRrn(text, length);
    case CHECK_KR_BRN:
      return krBrn(text, length);
    case CHECK_JP_MY_NUMBER:
      return jpMyNumber(text, length);
    case CHECK_JP_CORPORATE:
      return jpCorporate(text, length);
    case CHECK_CN_RESIDENT:
      return cnResident(text, length);
    case CHECK_TW_ID:
      return twId(text, length);
    case CHECK_HK_ID:
      return hkId(text, length);
    case CHECK_TH_TNIN:
      return thTnin(text, length);
    case CHECK_TR_ID:
      return trId(text, length);
    case CHECK_ZA_ID:
      return zaId(text, length);
    case CHECK_EMAIL:
      return email(text, length);
    case CHECK_DATE:
      return date(text, length);
    case CHECK_ENTROPY:
      return entropy(text, length);
    case CHECK_PHONE:
      return phone(text, length);
    case CHECK_NATIONAL_PHONE:
      return nationalPhone(text, length);
    case CHECK_LOCAL_PHONE:
      return localPhone(text, length);
    case CHECK_DE_PLZ:
      return dePlz(text, length);
    case CHECK_TR_PHONE:
      return trPhone(text, length);
    case CHECK_PH_MOBILE:
      return phMobile(text, length);
    case CHECK_IT_VAT:
      return itVat(text, length);
    case CHECK_BASIC_AUTH:
      return basicAuth(text, length);
    case CHECK_BR_PIS:
      return brPis(text, length);
    case CHECK_ZA_TRAFFIC:
      return zaTraffic(text, length);
    case CHECK_MAC:
      return mac(text, length);
    case CHECK_VARIED:
      return varied(text, length);
    case CHECK_ASSIGNED_SECRET:
      return assignedSecret(text, length);
    case CHECK_ASSIGNED_PASSWORD:
      return assignedPassword(text, length);
    case CHECK_RANDOM:
      return random(text, length);
    case CHECK_FR_SIRET:
      return frSiret(text, length);
    case CHECK_CO_NIT:
      return coNit(text, length);
    case CHECK_SG_UEN:
      return sgUen(text, length);
    case CHECK_PH_TIN:
      return phTin(text, length);
    case CHECK_SPOKEN_PASSWORD:
      return spokenPassword(text, length);
    default:
      return false;
  }
}
