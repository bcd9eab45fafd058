// Numbers that stand for a person: of authorities, banks, vehicles, devices.

import { type Named, owned, words } from "./named.ts";

export const ssn = {
  endings: words(
    `ssn,social security number,social security no,social insurance number,national id,national insurance number,nino,
    nhs number,passport number,passport no,passport num,tax id,tax number,taxpayer id,vat number,steuernummer,pesel,
    codice fiscale,personnummer,burgerservicenummer,bsn,aadhaar,aadhaar number,cpf,curp`,
  ),
  exact: words("身份证号,個人番号,주민등록번호,STCD1,STCD2,PID.19,PERID"),
  names: [
    ...words(
      `ssn,ssn number,ssn no,ssn full,employer identification number,ss number,social security number,
      social security no,social security,social insurance number,
      sin number,itin,ein,tax id,tax id number,tax identifier,tax number,tax no,tax identification number,tax payer id,
      taxpayer id,taxpayer identification number,tax file number,tax registration number,fiscal code,tin,vat id,vat number,
      vat no,vat registration number,national id,national id number,national id no,national identifier,
      national identification number,national identity number,national insurance number,national number,citizen id,
      nino,nhs number,id number,id no,id card number,id card no,id document number,identity number,identity no,
      identity card number,identity document number,identification number,identification no,identification document number,
      document number,personal number,personal identity number,personal id number,government id,government id number,
      resident id,residence permit number,alien registration number,voter id,visa number,travel document number,
      passport,passport number,passport no,passport num,passport id,bp tax number,wallet owner tax id,id number secondary,
      taxvat,ni number,ni no,known traveler number,known traveller number,redress number,swedish identity number,
      danish identity number,mrz,mrz1,mrz2,mrz line1,mrz line2,mrz line 1,mrz line 2,machine readable zone,
      ssn last 4,ssn last4,last 4 ssn,ssn4,my number,employee number,employee no,personnel number,staff number,
      student number,gstin,
      steuer id,steuer idnr,steuernummer,steueridentifikationsnummer,steuerliche identifikationsnummer,ust id,ust id nr,
      umsatzsteuer id,sozialversicherungsnummer,sv nummer,svnr,rentenversicherungsnummer,ahv nummer,personalausweis,
      personalausweisnummer,personalnummer,steuer nummer,ausweis nummer,reisepass nummer,ausweisnummer,reisepass,reisepassnummer,passnummer,
      numero securite sociale,numero de securite sociale,num secu,numero secu,nir,numero passeport,numero de passeport,siret,
      numero siret,siren,numero siren,ine,numero ine,numero allocataire,
      passeport,cni,numero cni,carte identite,numero carte identite,piece identite,numero piece identite,numero fiscal,
      dni,numero dni,nie,nif,nss,cif,documento identidad,numero documento,numero de documento,numero identificacion,
      cedula,cedula identidad,pasaporte,numero pasaporte,curp,clave elector,clave de elector,rfc,rut,ruc,cuit,cuil,
      cpf,cpf number,numero cpf,cnpj,cnpj number,cpf cnpj,cnpj cpf,rg,numero rg,pis,pis pasep,titulo eleitor,niss,numero contribuinte,passaporte,
      cartao cidadao,codice fiscale,cod fiscale,partita iva,carta identita,carta d identita,passaporto,numero passaporto,
      numero documento identita,bsn,inp bsn,anummer,a nummer,burgerservicenummer,rijksregisternummer,paspoortnummer,identiteitskaart,btw nummer,
      pesel,numer pesel,nip,numer nip,dowod osobisty,numer dowodu,paszport,numer paszportu,
      personnummer,personnr,samordningsnummer,cpr,cpr nummer,cpr nr,fodselsnummer,foedselsnummer,fodsels nummer,identifikasjonsnummer,personident,fodselsnr,fnr,d nummer,pasnummer,
      hetu,henkilotunnus,passin numero,tc kimlik no,tckn,kimlik no,kimlik numarasi,vergi no,vergi numarasi,pasaport no,
      kojin bango,ryoken bango,rodne cislo,cnp,jmbg,egn,snils,
      aadhaar,aadhaar number,aadhar,aadhar number,pan card,pan card number,nric,nric number,nric fin,fin number,hkid,mykad,
      emirates id,iqama,iqama number,cnic,ktp,sin,tfn,abn,rrn,nin`,
    ),
    ...owned(
      words("customer,patient,employee,member,user,applicant,owner,spouse,account holder,individual"),
      "ssn,tax id,national id,passport number",
    ),
    ...owned(
      words("company,merchant,vendor,customer,buyer,seller,business,billing"),
      "vat number,vat id,tax number,cnpj cpf",
    ),
    ...owned(words("company,merchant,vendor,buyer,seller,business,billing"), "tax id"),
  ],
  below: [
    {
      parents: words(
        "travel document,travel documents,identity document,identity documents,id document,id documents,identification document,identification,tax document",
      ),
      names: words("number,no,id"),
    },
  ],
} satisfies Named;

const accounts = words(
  `customer,beneficiary,debtor,creditor,payer,payee,recipient,sender,receiver,counterparty,payout,refund,from,to,source,
  destination,billing,account,bank,debit,credit,issuing,receiving,target,vendor,new,old,counterpart`,
);

export const account = {
  endings: words("account number,account no,acct number,acct no,iban,routing number,sort code,kontonummer"),
  exact: words("BANKN,BANKL,BICFI,AnyBIC,BICOrBEI,MmbId,PID.18,x_bank_acct_num,consumerAccount,consumerBic"),
  names: [
    ...words(
      `account number,account no,account num,acct number,acct no,acct num,bank account,bank account number,bank account no,
      bank acct,iban,iban number,iban no,iban code,bban,bic,bic code,bic swift,swift,swift code,swift bic,routing number,
      routing no,routing transit number,aba routing,aba routing number,aba number,sort code,bsb,bsb number,ifsc,ifsc code,
      clabe,cbu,cvu,encrypted bank account number,encrypted account number,fund account number,patient account number,
      bank routing number,bank bic,beneficiary bic,creditor bic,debtor bic,counterparty bic,recipient bic,full account number,
      masked account number,formatted iban,loan account number,savings account number,checking account number,masked iban,international iban,
      international bic,wire routing number,virtual payment address,vpa,
      wallet address,crypto address,crypto wallet address,bitcoin address,btc address,ethereum address,eth address,
      frequent flyer number,frequent flyer no,frequent traveler number,loyalty number,loyalty card number,
      loyalty account number,gift card number,gift card no,gift card code,gift card gan,gan,
      kontonummer,konto nummer,kontonr,konto nr,bankleitzahl,blz,bankverbindung,bankkonto,
      numero compte,numero de compte,num compte,numero compte bancaire,compte bancaire,rib,
      numero cuenta,numero de cuenta,num cuenta,nro cuenta,cuenta bancaria,
      numero conta,numero da conta,conta bancaria,conta corrente,chave pix,pix key,
      numero conto,numero di conto,conto corrente,numero conto corrente,coordinate bancarie,
      rekeningnummer,bankrekening,bankrekeningnummer,numer konta,numer rachunku,nr konta,nr rachunku,
      bankgiro,plusgiro,clearingnummer,tilinumero,hesap no,hesap numarasi,koza bango`,
    ),
    ...owned(accounts, "account number,iban"),
  ],
  below: [
    // GenericAccountIdentification1 and GenericPersonIdentification1 of ISO 20022; proxies are telephone numbers and mail.
    { parents: words("othr,prxy"), names: ["id"], holds: "one" },
    // Open Banking (UK) read/write: what the scheme names, such as sort code and account number. Plaid has the schemes of
    // the United States, the United Kingdom and Canada as objects.
    {
      parents: words("account,debtor account,creditor account,ach,bacs,eft"),
      names: words("identification,secondary identification,number,account,routing"),
    },
  ],
} satisfies Named;

export const licence = {
  endings: words("driver license number,drivers license number,driving licence number,driver license no"),
  exact: ["PID.20"],
  names: words(
    `license number,licence number,license no,licence no,drivers license,drivers licence,driver license,driver licence,
    drivers license number,drivers licence number,driver license number,driver licence number,driving license,
    driving licence,driving license number,driving licence number,driver license no,dl number,dl no,certificate number,
    dea,dea number,npi,npi number,medical license,medical license number,professional license number,
    fuehrerschein,fuehrerscheinnummer,permis conduire,permis de conduire,numero permis,numero permis conduire,
    licencia conducir,licencia de conducir,numero licencia,carnet conducir,cnh,numero cnh,carta de conducao,patente,
    numero patente,patente di guida,rijbewijs,rijbewijsnummer,prawo jazdy,numer prawa jazdy,korkort,korkortsnummer,korekort,
    forerkort,ajokortti,ehliyet no,menkyo bango`,
  ),
} satisfies Named;

export const vehicle = {
  names: words(
    `vin,vin number,vehicle identification number,vehicle identifier,vehicle registration,vehicle registration number,
    vehicle number,vehicle plates,vehicle plate,vehicle license plate,license plate,license plate number,licence plate,licence plate number,plate number,
    plate no,number plate,registration plate,registration plate number,chassis number,
    fahrgestellnummer,kennzeichen,kfz kennzeichen,immatriculation,numero immatriculation,plaque immatriculation,
    matricula,numero bastidor,bastidor,placa,placa vehiculo,placa veiculo,chassi,renavam,targa,numero telaio,
    kenteken,chassisnummer,numer rejestracyjny,registreringsnummer,nummerplade,rekisterinumero,plaka,plaka no,sase no`,
  ),
} satisfies Named;

export const device = {
  endings: words("imei,device id,mac address"),
  // Of the UDI of a device (FHIR).
  exact: words("carrierHRF,carrierAIDC,User-Agent"),
  names: words(
    `device id,device identifier,device uuid,device udid,device name,device imei,device serial,device serial number,
    device mac,device mac address,serial number,serial no,imei,imei number,imsi,meid,iccid,udid,idfa,idfv,gaid,aaid,
    android id,
    advertising id,advertiser id,installation id,install id,mac,mac address,mac addr,wifi mac,bluetooth address,
    hardware id,adid,bssid,bluetooth mac,bluetooth mac address,ethernet mac,wifi mac address,sim serial,
    sim serial number,
    sim number,udi,distinct identifier,device installation id,card fingerprint,
    machine id,fingerprint,device fingerprint,browser fingerprint,client fingerprint,browser id,visitor id,anonymous id,
    user agent,http user agent,raw user agent,current user agent,last known user agent,customer user agent,
    user agent header,user agent string,client user agent,browser user agent,device fingerprint id,device session id,gclid,fbclid,seriennummer,seriennr,geraetenummer,numero serie,numero de serie,numero di serie,
    numero seriale,serienummer,numer seryjny,seri no`,
  ),
} satisfies Named;

export const ip = {
  endings: words("ip address,ipaddress,ip addr"),
  exact: words("X-Forwarded-For,X-Real-IP,X-Client-IP,True-Client-IP,CF-Connecting-IP,iPAddress"),
  names: words(
    `ip,ip address,ip addr,ip v4,ip v6,ipv4,ipv6,ipv4 address,ipv6 address,client ip,client ip address,client address,
    remote addr,remote address,remote ip,remote host,source ip,source ip address,user ip,user ip address,shopper ip,
    customer ip,customer ip address,customer purchase ip,buyer ip,payer ip,visitor ip,device ip,device ip address,browser ip,
    peer ip,origin ip,originating ip,public ip,private ip,external ip,login ip,last login ip,registration ip,signup ip,
    last ip,last known ip,previous ip address,originator ip address,ip addresses,current ip,current ip address,
    previous ip,current sign in ip,last sign in ip,request ip,created ip,creation ip,
    private ip address,public ip address,internal ip,internal ip address,external ip address,local ip,local ip address,
    remote ip address,visitor ip address,buyer ip address,payer ip address,last ip address,last login ip address,actor ip,
    actor ip address,caller ip,destination ip,destination ip address,real ip,x real ip,x forwarded for,ip adresse,adresse ip,direccion ip,endereco ip,indirizzo ip,
    ip adres,adres ip`,
  ),
} satisfies Named;
