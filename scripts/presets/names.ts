// What services call personal data and card data: names by kind, in the words of large APIs and of several languages.
// Facts gathered from the field names of public payment, health and commerce APIs (Stripe, Adyen, PayPal, Square, FHIR,
// ISO 20022) and from dictionaries. Each entry is lower-case words; spelling.ts gives the spellings.
// Invariant: a name that means something else as often (name, number, code) stands only under a parent that says what it is.

export interface Named {
  /** Names that say it alone. */
  readonly names: readonly string[];
  /** Names that say it only below one of these parents. */
  readonly below?: { readonly parents: readonly string[]; readonly names: readonly string[] };
}

const person =
  "customer,client,user,person,patient,member,subscriber,guest,buyer,payer,payee,recipient,sender,owner,holder,cardholder,card holder,account holder,contact,employee,applicant,passenger,shopper,shopper name,billing,shipping,billing address,shipping address,billing details,shipping details,owner details,customer details,billing contact,delivery contact,creditor,debtor,kunde,cliente,usuario,utilisateur,utente,klant,klient".split(
    ",",
  );

const words = (text: string): string[] => text.split(",").map((word) => word.trim());

export const NAMES = {
  pan: {
    names: words(
      "pan,card number,card num,card no,cc number,cc num,credit card number,debit card number,payment card number,primary account number,account pan,encrypted card number,kartennummer,kreditkartennummer,numero carte,numero tarjeta,numero de tarjeta,numero cartao,numero carta,kaartnummer,numer karty,kortnummer",
    ),
    below: {
      parents: words(
        "card,cards,credit card,debit card,payment card,payment method,bank card,karte,tarjeta,carte,cartao",
      ),
      names: words("number,num,no,value"),
    },
  },
  authenticationData: {
    names: words(
      "cvv,cvv2,cvc,cvc2,cvn,csc,cav2,cid,card cvv,card cvc,card code,security code,card security code,verification code,verification value,card verification value,card verification code,encrypted security code,pruefziffer,kartenpruefnummer,code securite,codigo seguridad,codigo seguranca,codice sicurezza,pin,pin block,pin code,track data,track1,track2,track 1,track 2,track1 data,track2 data,magstripe,magnetic stripe,full track data,emv data",
    ),
  },
  cardHolder: {
    names: words(
      "card holder,cardholder,card holder name,cardholder name,name on card,holder name,karteninhaber,titulaire carte,titular tarjeta,titular cartao,intestatario carta,kaarthouder",
    ),
  },
  name: {
    names: words(
      "first name,last name,middle name,full name,given name,given names,family name,surname,maiden name,birth name,nick name,display name,legal name,name first,name last,preferred name,mothers maiden name,patient name,customer name,contact name,recipient name,shopper name,account holder name,vorname,nachname,familienname,geburtsname,prenom,nom famille,nom de famille,nombre completo,nombres,apellido,apellidos,primer apellido,segundo apellido,sobrenome,nome completo,cognome,voornaam,achternaam,imie,nazwisko,fornamn,efternamn,fornavn,etternavn,etunimi,sukunimi",
    ),
    below: { parents: person, names: words("name,first,last,middle,given,family,nom,nome,nombre") },
  },
  address: {
    names: words(
      "street,street address,street name,street1,street2,street line1,street line2,address line,address line1,address line2,address line 1,address line 2,address1,address2,line1,line2,house number,house number or name,apartment,building name,po box,strasse,hausnummer,anschrift,rue,adresse postale,direccion,calle,endereco,logradouro,indirizzo,via,straat,huisnummer,ulica,gatuadress",
    ),
  },
  locality: {
    names: words(
      "city,town,village,county,district,locality,suburb,neighbourhood,neighborhood,ort,wohnort,ville,ciudad,localidad,cidade,bairro,citta,comune,plaats,woonplaats,miasto,postort",
    ),
  },
  postalCode: {
    names: words(
      "zip,zip code,zipcode,zip5,postal code,postcode,post code,plz,postleitzahl,code postal,codigo postal,cep,cap,kod pocztowy,postnummer",
    ),
  },
  email: {
    names: words(
      "email,e mail,email address,e mail address,mail address,contact email,user email,customer email,shopper email,receipt email,payer email,recipient email,correo,correo electronico,courriel,adresse email,indirizzo email,e mailadres",
    ),
  },
  phone: {
    names: words(
      "phone,phone number,telephone,telephone number,mobile,mobile phone,mobile number,cell,cell phone,cellphone,home phone,work phone,contact phone,msisdn,telefon,telefonnummer,handynummer,telefono,movil,celular,telefone,cellulare,telefoonnummer,mobil,numero telephone",
    ),
  },
  fax: { names: words("fax,fax number,telefax") },
  birthDate: {
    names: words(
      "dob,birth date,birthdate,date of birth,birthday,born on,born,geburtsdatum,geburtstag,date naissance,date de naissance,fecha nacimiento,fecha de nacimiento,data nascimento,data de nascimento,data nascita,data di nascita,geboortedatum,data urodzenia,fodelsedatum,syntymaaika",
    ),
  },
  otherDates: {
    names: words(
      "admission date,discharge date,date of death,death date,deceased date,date of service,service date,appointment date,visit date",
    ),
  },
  age: { names: words("age,patient age,alter,edad,idade,eta,leeftijd,wiek") },
  ssn: {
    names: words(
      "ssn,social security number,social security,itin,ein,tax id,tax identifier,tax number,tin,vat id,national id,national identifier,national identification number,national insurance number,nino,nhs number,steuer id,steuernummer,sozialversicherungsnummer,numero securite sociale,nir,dni,nie,nif,cpf,cnpj,codice fiscale,partita iva,bsn,burgerservicenummer,pesel,nip,personnummer,fodselsnummer,cpr,cpr nummer,hetu,aadhaar,aadhaar number,pan card,curp,rfc,sin,tfn,abn,nric,fin,rrn,my number,resident id,id number,identity number,passport,passport number,reisepassnummer,numero passeport,pasaporte",
    ),
  },
  medicalRecord: {
    names: words(
      "mrn,medical record number,medical record,patient id,patient number,chart number,hospital number,patientennummer,numero dossier medical,historia clinica",
    ),
  },
  healthPlan: {
    names: words(
      "health plan number,health plan beneficiary number,beneficiary number,member number,subscriber id,policy number,insurance id,insurance number,insurance member id,mbi,medicare number,medicaid number,versichertennummer",
    ),
  },
  account: {
    names: words(
      "account number,bank account,bank account number,iban,bic,swift,swift code,routing number,aba routing,sort code,bsb,kontonummer,bankleitzahl,numero compte,numero cuenta,numero conta,numero conto,rekeningnummer,clabe",
    ),
  },
  licence: {
    names: words(
      "license number,licence number,drivers license,driver license,drivers license number,driving licence,certificate number,dea number,npi,medical license,fuehrerschein,permis conduire,licencia conducir",
    ),
  },
  vehicle: {
    names: words(
      "vin,vehicle identification number,license plate,licence plate,plate number,registration plate,kennzeichen,immatriculation,matricula,targa",
    ),
  },
  device: {
    names: words(
      "device id,device identifier,device serial,device serial number,serial number,imei,imsi,meid,udid,idfa,idfv,gaid,advertising id,mac address,fingerprint,device fingerprint,browser fingerprint",
    ),
  },
  url: {
    names: words("website,homepage,profile url,personal url,avatar url,social url,facebook,twitter,linkedin,instagram"),
  },
  ip: {
    names: words(
      "ip,ip address,ip addr,client ip,remote addr,remote address,remote ip,source ip,user ip,shopper ip,last login ip,customer ip",
    ),
  },
  biometric: {
    names: words(
      "biometric,biometrics,fingerprint template,finger print,face template,face id,iris,retina,voice print,voiceprint,hand geometry",
    ),
  },
  photo: {
    names: words("photo,photo url,picture,portrait,avatar,face image,profile image,profile picture,passfoto,foto"),
  },
  location: { names: words("latitude,longitude,lat,lng,lon,geo location,geolocation,gps,coordinates") },
  special: {
    names: words(
      "race,ethnicity,ethnic origin,religion,religious belief,political opinion,political affiliation,trade union,union membership,sexual orientation,sex life,gender identity,health,health status,diagnosis,diagnoses,disease,disability,genetic data,medication,konfession,religionszugehoerigkeit,diagnose",
    ),
  },
  freeText: {
    names: words(
      "note,notes,comment,comments,remark,remarks,message,gift message,memo,special instructions,delivery instructions,bemerkung,kommentar,commentaire,comentario,commento,opmerking",
    ),
  },
  password: {
    names: words(
      "password,passwd,pwd,passphrase,old password,new password,current password,confirm password,password confirmation,user password,kennwort,passwort,mot de passe,contrasena,senha,wachtwoord,haslo,losenord",
    ),
  },
  secret: {
    names: words(
      "secret,client secret,api key,apikey,api secret,api token,app secret,access token,refresh token,id token,auth token,bearer token,session token,session id,private key,secret key,access key,access key id,secret access key,encryption key,signing key,webhook secret,shared secret,otp,totp,mfa code,one time password,recovery code,security answer,csrf token,xsrf token,jwt,token",
    ),
  },
} as const satisfies Record<string, Named>;

export type NameKind = keyof typeof NAMES;
