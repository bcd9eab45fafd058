// Card data: what PCI DSS calls cardholder data and sensitive authentication data, as payment APIs, gateways' name-value
// interfaces, ISO 8583 and ISO 20022 (caaa) call it.

import { type Named, owned, words, wrappers } from "./named.ts";

/** Objects that are a card. */
const plastic = words(
  `card,cards,credit card,debit card,payment card,bank card,card details,card info,card data,credit card details,
  plain card data,karte,kreditkarte,tarjeta,tarjeta de credito,carte,carte bancaire,cartao,cartao de credito,
  carta di credito,kaart,kort,karta,tokenized card,network token`,
);
/** Objects that may be one. */
const payments = words("payment method,source,payment source");

const numbers = words("number,num,no,account number,acct number,numero,nummer,numer");

export const pan = {
  exact: words("ACCT,DE2,DE02,DE002,PlainPAN,Ecom_Payment_Card_Number"),
  endings: words("card number,card num,card no,cc number,cc num,cc no,kartennummer,numero tarjeta,numero cartao"),
  names: [
    ...words(
      `pan,pan number,card number,card num,card no,cc number,cc num,cc no,credit card number,credit card num,credit card no,
      debit card number,debit card no,payment card number,payment card no,bank card number,bank card no,
      primary account number,primary account no,account pan,card account number,card pan,fpan,dpan,full pan,encrypted pan,
      full card number,encrypted card number,plain card number,raw card number,virtual card number,x card num,
      vads card number,
      kartennummer,kartennr,kreditkartennummer,kreditkartennr,
      numero carte,numero de carte,number carte,num carte,no carte,numero carte bancaire,numero de carte bancaire,
      numero tarjeta,numero de tarjeta,num tarjeta,nro tarjeta,numero tarjeta credito,numero de tarjeta de credito,
      numero cartao,numero do cartao,num cartao,numero cartao credito,numero do cartao de credito,
      numero carta,numero della carta,numero carta credito,numero carta di credito,
      kaartnummer,creditcardnummer,numer karty,nr karty,kortnummer,kort nummer,korttinumero,kart no,kart numarasi,
      kredi karti no,kredi karti numarasi,cislo karty,kado bango,numar card`,
    ),
    ...owned(words("billing,customer,payment,new,old,confirm,payer,shopper,user"), "card number"),
    ...owned(["card number"], "1,2"),
  ],
  below: [
    { parents: plastic, names: numbers, holds: "several" },
    { parents: payments, names: numbers, through: wrappers },
  ],
} satisfies Named;

export const authenticationData = {
  exact: words(
    "CSCVal,PINData,EncrptdPINBlck,TrckData,Trck1Val,Trck2Val,ICCRltdData,Ecom_Payment_Card_Verification,DE35,DE45,DE52,DE55",
  ),
  below: [{ parents: [...plastic, ...payments], names: words("cid,series code") }],
  endings: words(
    `cvv,cvc,cvn,ccv,cvd,cvv code,cvc code,cvv number,security code,card code,card verification value,card verification code,
    card pin,pin block,track data`,
  ),
  names: words(
    `cvv,cvv2,cvc,cvc2,cvn,cvd,csc,cav2,ccv,ccv2,cv2,cv number,card cvv,card cvc,card code,security code,card security code,
    card security number,verification code,verification value,card verification value,card verification code,
    card verification number,card verification data,card validation code,card validation value,encrypted security code,
    credit card cvv,credit card cvc,credit card security code,debit card cvv,
    encrypted cvv,cvv number,cvv2 number,cvv code,cvv value,cvc number,cvc code,cvc value,cvn number,cvd number,cvd value,
    cc cvv,cc cvc,cc csc,ccv code,card cvv2,card cvc2,card csc,card cid,card cvn,card ccv,x card code,vads cvv,
    pin,pin block,pin code,pin number,pin data,card pin,new pin,old pin,confirm pin,encrypted pin,encrypted pin block,
    pin verification value,pvv,track data,track1,track2,track3,track 1,track 2,track 3,track1 data,track2 data,track 1 data,
    track 2 data,track2 equivalent data,track 2 equivalent data,full track data,magstripe,mag stripe,magstripe data,
    magnetic stripe,magnetic stripe data,mag data,swipe data,card swipe,emv data,icc data,
    pruefziffer,pruefnummer,kartenpruefnummer,kartenpruefziffer,sicherheitscode,
    code securite,code de securite,code cvv,code cvc,cryptogramme,cryptogramme visuel,
    codigo seguridad,codigo de seguridad,codigo cvv,codigo seguranca,codigo de seguranca,
    codice sicurezza,codice di sicurezza,codice cvv,beveiligingscode,kod cvv,kod cvc,kod bezpieczenstwa,sakerhetskod,
    sikkerhedskode,sikkerhetskode,turvakoodi,guvenlik kodu`,
  ),
} satisfies Named;

export const cardHolder = {
  exact: words("CrdhldrNm,CardholderNm,Ecom_Payment_Card_Name"),
  names: [
    ...words(
      `card holder,cardholder,card holder name,cardholder name,name on card,name on the card,holder name,card owner,
      card owner name,credit card name,cc name,cc holder,cc owner,card name,encrypted holder name,
      karteninhaber,karteninhaber name,name auf karte,titulaire carte,titulaire de la carte,nom titulaire,nom porteur,
      titular tarjeta,titular de la tarjeta,tarjetahabiente,nombre titular,nombre tarjeta,nombre en la tarjeta,
      titular cartao,titular do cartao,nome titular,nome no cartao,
      intestatario,intestatario carta,titolare carta,nome titolare,kaarthouder,naam kaarthouder,naam op kaart,
      posiadacz karty,wlasciciel karty,kortinnehavare,kortholder,kortindehaver,kortinnehaver,kortinhaltija,kart sahibi`,
    ),
    ...owned(words("card holder,cardholder"), "first name,last name,full name"),
  ],
  below: [
    {
      parents: plastic,
      names: words("name,holder,owner,inhaber,titular,titulaire,intestatario,nome,nom,nombre"),
      through: [...wrappers, ...words("billing,billing details,billing address,customer,user")],
    },
  ],
} satisfies Named;
