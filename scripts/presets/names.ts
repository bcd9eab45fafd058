// What services call personal data and card data: names by kind, in the words of large APIs and of several languages.
// Facts gathered from the field names of public payment, health and commerce APIs (Stripe, Adyen, PayPal, Square, FHIR,
// ISO 20022) and from dictionaries. Each entry is lower-case words; spelling.ts gives the spellings.
// Invariant: a name that means something else as often (name, number, code) stands only under a parent that says what it is.

export interface Named {
  /** Names that say it alone. */
  readonly names: readonly string[];
  /** Names in the one spelling that a standard gives them, as the tags of ISO 20022. */
  readonly exact?: readonly string[];
  /** Names that say it only below one of these parents. */
  readonly below?: readonly { readonly parents: readonly string[]; readonly names: readonly string[] }[];
}

const person =
  "customer,client,user,person,patient,member,subscriber,guest,buyer,payer,payee,recipient,sender,owner,holder,cardholder,card holder,account holder,contact,employee,applicant,passenger,shopper,shopper name,billing,shipping,billing address,shipping address,billing details,shipping details,owner details,customer details,billing contact,delivery contact,primary contact,contact person,default address,mailing address,delivery address,creditor,debtor,author,committer,assignee,reviewer,requester,practitioner,individual,beneficiary,actor,kunde,cliente,usuario,utilisateur,utente,klant,klient".split(
    ",",
  );

const words = (text: string): string[] => text.split(",").map((word) => word.trim());

/** Whose or which one it is: "billing email", "customer first name". */
const owned = (owners: string, names: string): string[] =>
  words(names).flatMap((name) => words(owners).map((owner) => `${owner} ${name}`));

const people = "customer,user,contact,billing,shipping,recipient,sender,patient,employee,person,owner,verified";
/** Whose names alone stand beside those of others. */
const named =
  "shopper,passenger,beneficiary,receiver,payer,payee,creditor,debtor,guest,individual,student,assistant,contact person,primary contact,account owner";
const ways = "work,home,personal,secondary,delivery,receiver";
const addressed = "billing,shipping,delivery,home,mailing,other,owner,person mailing,person other,residential";
/** Addresses as objects, whatever is in them. */
const addresses = words("address,billing address,shipping address,delivery address,home address,adresse");

export const NAMES = {
  pan: {
    names: [
      ...words(
        "pan,card number,card num,card no,cc number,cc num,credit card number,debit card number,payment card number,primary account number,account pan,encrypted card number,kartennummer,kreditkartennummer,numero carte,numero tarjeta,numero de tarjeta,numero cartao,numero carta,kaartnummer,numer karty,kortnummer,card pan,fpan,dpan,full card number,number carte,numero de carte",
      ),
      ...owned("billing,customer,payment,new,old,confirm", "card number"),
      ...owned("card number", "1,2"),
    ],
    below: [
      {
        parents: words(
          "card,cards,credit card,debit card,payment card,payment method,bank card,karte,tarjeta,carte,cartao",
        ),
        names: words("number,num,no,value"),
      },
    ],
  },
  authenticationData: {
    exact: words("CSCVal,PINData,TrckData,Trck1Val,Trck2Val"),
    below: [{ parents: words("card,credit card,payment card,payment method"), names: words("cid") }],
    names: words(
      "cvv,cvv2,cvc,cvc2,cvn,csc,cav2,card cvv,card cvc,card code,security code,card security code,verification code,verification value,card verification value,card verification code,encrypted security code,pruefziffer,kartenpruefnummer,code securite,codigo seguridad,codigo seguranca,codice sicurezza,pin,pin block,pin code,track data,track1,track2,track 1,track 2,track1 data,track2 data,magstripe,magnetic stripe,full track data,emv data,cvv number,cvv2 number,cvv code,cvc number,cvc code,cc cvv,cc cvc,cc csc,card cvv2,card cvc2,card csc,card cid,encrypted pin,pin data,mag data,sicherheitscode,cryptogramme,code cvv,codigo cvv",
    ),
  },
  cardHolder: {
    names: words(
      "card holder,cardholder,card holder name,cardholder name,name on card,holder name,karteninhaber,titulaire carte,titular tarjeta,titular cartao,intestatario carta,kaarthouder,cc name,cc holder,card name",
    ),
  },
  name: {
    exact: words("Nm,FrstNm,Srnm,MddlNm,PmtNm,BusinessPartnerFullName,VORNA,NACHN"),
    names: [
      ...words(
        "first name,last name,middle name,full name,given name,given names,family name,surname,maiden name,birth name,nick name,display name,legal name,name first,name last,preferred name,mothers maiden name,patient name,customer name,contact name,recipient name,shopper name,account holder name,vorname,nachname,familienname,geburtsname,prenom,nom famille,nom de famille,nombre completo,nombres,apellido,apellidos,primer apellido,segundo apellido,sobrenome,nome completo,cognome,voornaam,achternaam,imie,nazwisko,fornamn,efternamn,fornavn,etternavn,etunimi,sukunimi,user full name,legal first name,legal last name,mother maiden name,mother name,father name,spouse name,emergency contact name,first name kana,last name kana,namae,shimei,sei,mei,sei kana,mei kana,kana name,furigana,myoji,full legal name,person full name,contact person full name",
      ),
      ...owned(`${people},${named}`, "first name,last name,name"),
    ],
    below: [
      { parents: person, names: words("name,first,last,middle,given,family,nom,nome,nombre") },
      // HumanName and Reference of FHIR (hl7.org/fhir/datatypes.html, references.html): what is named is the resource.
      { parents: ["name"], names: words("family,given,first,last,middle,text") },
      {
        parents: [...person, ...words("subject,general practitioner,performer,observer,recorder,asserter,enterer")],
        names: ["display"],
      },
    ],
  },
  address: {
    exact: words("AdrLine,StrtNm,BldgNb,PstBx,STRAS"),
    names: [
      ...words(
        "street,street address,street name,street1,street2,street line1,street line2,address line,address line1,address line2,address line 1,address line 2,address1,address2,line1,line2,house number,house number or name,apartment,building name,po box,strasse,hausnummer,anschrift,rue,adresse postale,direccion,calle,endereco,logradouro,indirizzo,straat,huisnummer,ulica,gatuadress,address,full address,formatted address,home address,mailing address,address line3,address line 3,address3,street3,street 1,street 2,adresse,adress,gata,jusho,numer domu,street address 1,street address 2,street address1,street address2,owner house number or name",
      ),
      ...owned(addressed, "street,address line1,address line 1,address line2,address line 2,address1,address2"),
    ],
  },
  locality: {
    exact: words("TwnNm,DstrctNm,ORT01,ORT02"),
    names: [
      ...words(
        "city,town,village,county,district,locality,suburb,neighbourhood,neighborhood,ort,wohnort,ville,ciudad,localidad,cidade,bairro,citta,comune,plaats,woonplaats,miasto,postort,miejscowosc,city name,address city,admin area 2,admin area 3",
      ),
      ...owned(addressed, "city"),
    ],
  },
  postalCode: {
    exact: words("PstCd,PSTLZ"),
    names: [
      ...words(
        "zip,zip code,zipcode,zip5,postal code,postcode,post code,plz,postleitzahl,code postal,codigo postal,cep,kod pocztowy,postnummer,yubin bango,address zip,address postal code",
      ),
      ...owned(addressed, "zip,zip code,postal code,postcode"),
    ],
  },
  email: {
    exact: words("EmailAdr,SMTP_ADDR"),
    names: [
      ...words(
        "email,e mail,email address,e mail address,mail address,contact email,user email,customer email,shopper email,receipt email,payer email,recipient email,correo,correo electronico,courriel,adresse email,indirizzo email,e mailadres,email1,email2,email 1,email 2,last known shopper email,organization billing email",
      ),
      ...owned(`${people},${ways}`, "email,email address"),
    ],
  },
  phone: {
    exact: words("PhneNb,MobNb,TELF1,TELF2"),
    names: [
      ...words(
        "phone,phone number,telephone,telephone number,mobile,mobile phone,mobile number,cell phone,cellphone,home phone,work phone,contact phone,msisdn,telefon,telefonnummer,handynummer,telefono,movil,celular,telefone,cellulare,telefoonnummer,mobil,numero telephone,phone1,phone2,phone3,phone 1,phone 2,phone 3,tel,handy,mobilnummer,mobiltelefon,telefoon,numer telefonu,telephone portable,denwa bango,daytime phone,evening phone,emergency phone,emergency contact phone,mobile phone number,home phone number,work phone number,person mobile phone,person home phone,other phone,assistant phone,full phone number,international phone number,national number,emergency contact number,contact number",
      ),
      ...owned(`${people},${ways}`, "phone,phone number"),
    ],
    // ContactPoint of FHIR.
    below: [{ parents: ["telecom"], names: ["value"] }],
  },
  fax: { exact: words("FaxNb,TELFX"), names: words("fax,fax number,telefax") },
  birthDate: {
    exact: words("BirthDt,GBDAT"),
    names: [
      ...words(
        "dob,birth date,birthdate,date of birth,birthday,born on,born,geburtsdatum,geburtstag,date naissance,date de naissance,fecha nacimiento,fecha de nacimiento,data nascimento,data de nascimento,data nascita,data di nascita,geboortedatum,data urodzenia,fodelsedatum,syntymaaika,seinengappi,person birthdate",
      ),
      ...owned("customer,user,patient,employee,owner,passenger,shopper", "dob,birth date,date of birth"),
    ],
  },
  otherDates: {
    names: words(
      "admission date,discharge date,date of death,death date,deceased date,date of service,service date,appointment date,visit date,deceased date time,effective date time,onset date time,performed date time,occurrence date time,authored on,serviced date,procedure date,surgery date",
    ),
    below: [
      {
        parents: words(
          "period,effective period,performed period,occurrence period,onset period,service period,serviced period,billable period",
        ),
        names: words("start,end"),
      },
    ],
  },
  age: {
    names: words("age,patient age,alter,edad,idade,leeftijd,wiek"),
  },
  ssn: {
    exact: words("STCD1,STCD2"),
    names: [
      ...words(
        "ssn,social security number,social security,itin,ein,tax id,tax identifier,tax number,tin,vat id,national id,national identifier,national identification number,national insurance number,nino,nhs number,steuer id,steuernummer,sozialversicherungsnummer,numero securite sociale,nir,dni,nie,nif,cpf,cnpj,codice fiscale,partita iva,bsn,burgerservicenummer,pesel,nip,personnummer,fodselsnummer,cpr,cpr nummer,hetu,aadhaar,aadhaar number,pan card,curp,rfc,sin,tfn,abn,nric,fin,rrn,my number,resident id,id number,identity number,passport,passport number,reisepassnummer,numero passeport,pasaporte,ssn last 4,ssn last4,last 4 ssn,ssn4,tax id number,vat number,passport no,passport num,national identity number,identification number,id card number,personal number,personal identity number,government id,personalausweis,personalausweisnummer,ausweisnummer,rentenversicherungsnummer,numero contribuinte,numero identificacion,kojin bango,nin,tax identification number,wallet owner tax id,bp tax number",
      ),
      ...owned("customer,patient,employee,member,user", "ssn"),
    ],
  },
  medicalRecord: {
    names: words(
      "mrn,medical record number,medical record,patient id,patient number,chart number,hospital number,patientennummer,numero dossier medical,historia clinica",
    ),
  },
  /** Of FHIR: whatever a resource is known by elsewhere. */
  identifier: {
    names: [],
    below: [
      {
        parents: words("identifier,identifiers,master identifier,group identifier,pre admission identifier"),
        names: ["value"],
      },
    ],
  },
  healthPlan: {
    names: words(
      "health plan number,health plan beneficiary number,beneficiary number,member number,subscriber id,policy number,insurance id,insurance number,insurance member id,mbi,medicare number,medicaid number,versichertennummer,member id,insurance policy number,health insurance number",
    ),
  },
  account: {
    exact: words("BANKN"),
    names: words(
      "account number,bank account,bank account number,iban,bic,swift,swift code,routing number,aba routing,sort code,bsb,kontonummer,bankleitzahl,numero compte,numero cuenta,numero conta,numero conto,rekeningnummer,clabe,account no,acct number,acct no,customer account number,beneficiary account number,encrypted bank account number,fund account number",
    ),
  },
  licence: {
    names: words(
      "license number,licence number,drivers license,driver license,drivers license number,driving licence,certificate number,dea number,npi,medical license,fuehrerschein,permis conduire,licencia conducir,driver license number,drivers licence,driving license number,dl number",
    ),
  },
  vehicle: {
    names: words(
      "vin,vehicle identification number,license plate,licence plate,plate number,registration plate,kennzeichen,immatriculation,matricula,targa",
    ),
  },
  device: {
    names: words(
      "device id,device identifier,device serial,device serial number,serial number,imei,imsi,meid,udid,idfa,idfv,gaid,advertising id,mac address,fingerprint,device fingerprint,browser fingerprint,user agent",
    ),
  },
  url: {
    names: words("website,homepage,profile url,personal url,avatar url,social url,facebook,twitter,linkedin,instagram"),
  },
  ip: {
    names: words(
      "ip,ip address,ip addr,client ip,remote addr,remote address,remote ip,source ip,user ip,shopper ip,last login ip,customer ip,customer ip address,client ip address,user ip address,source ip address,customer purchase ip,browser ip,login ip,registration ip,signup ip,last ip,current sign in ip,last sign in ip,request ip,destination ip address",
    ),
  },
  biometric: {
    names: words(
      "biometric,biometrics,fingerprint template,finger print,face template,face id,iris,retina,voice print,voiceprint,hand geometry",
    ),
  },
  photo: {
    names: words(
      "photo,photo url,picture,portrait,avatar,face image,profile image,profile picture,passfoto,foto,gravatar id,gravatar url",
    ),
  },
  location: { names: words("latitude,longitude,lat,lng,lon,geo location,geolocation,gps,coordinates") },
  special: {
    exact: words("CityOfBirth,PrvcOfBirth"),
    names: words(
      "race,ethnicity,ethnic origin,religion,religious belief,political opinion,political affiliation,trade union,union membership,sexual orientation,sex life,gender identity,health status,diagnosis,diagnoses,disease,disability,genetic data,medication,konfession,religionszugehoerigkeit,diagnose,gender,sex,political party,health condition,blood type,nationality,citizenship,marital status,birthplace,place of birth,birth place,geschlecht,familienstand,sexe,nationalite,sexo,genero,owner nationality",
    ),
  },
  login: {
    names: words(
      "username,user name,login name,preferred username,screen name,user login,benutzername,nom utilisateur,nombre usuario,gebruikersnaam",
    ),
    below: [{ parents: person, names: ["login"] }],
  },
  /** What of an address may stay: no place of a person, and services need it to tell an address from a wrong one. */
  region: {
    names: [],
    below: [{ parents: addresses, names: words("country,country code,state,province") }],
  },
  freeText: {
    exact: words("Ustrd,AddtlRmtInf"),
    names: words(
      "note,notes,comment,comments,remark,remarks,message,gift message,memo,special instructions,delivery instructions,bemerkung,kommentar,commentaire,comentario,commento,opmerking",
    ),
  },
  password: {
    names: [
      ...words(
        "password,passwd,pwd,passphrase,old password,new password,current password,confirm password,password confirmation,user password,kennwort,passwort,mot de passe,contrasena,senha,wachtwoord,haslo,losenord,password1,password2,password hash,hashed password,encrypted password,password digest",
      ),
      ...owned("db,database,smtp,admin,root,master,account,login", "password"),
    ],
  },
  secret: {
    exact: words("SAMLResponse,SAMLRequest"),
    names: [
      ...words(
        "secret,client secret,api key,apikey,api secret,api token,app secret,access token,refresh token,id token,auth token,bearer token,session token,session id,private key,secret key,access key,access key id,secret access key,encryption key,signing key,webhook secret,shared secret,otp,totp,mfa code,one time password,recovery code,security answer,csrf token,xsrf token,jwt,token,credential,credentials,connection string,signing secret,totp secret,otp code,consumer secret,consumer key,application secret,oauth token secret,jwt secret,session secret,master key,ssh key,ssh private key,pgp private key,aws secret access key,aws access key id,assertion,client assertion,code verifier,authenticity token,csrf,xsrf,activation code,one time code,backup codes,recovery codes,two factor code,saml response,x api key,stripe secret key,authorization code,device code,hmac key,authorization token,authorisation token,apple pay token,google pay token,amazon pay token,samsung pay token,facilitator access token,vault token,payment token",
      ),
      ...owned(
        "verification,reset,password reset,bot,oauth,github,slack,device,push,registration,invite,invitation,login,user,mfa,service,personal access",
        "token",
      ),
    ],
  },
} as const satisfies Record<string, Named>;

export type NameKind = keyof typeof NAMES;
