// How to reach somebody: addresses of mail, numbers of telephones, pages.

import { type Named, owned, people, words } from "./named.ts";

const ways = words(
  `work,home,personal,secondary,business,alternate,notification,primary,company,host,seller,author,creator,assignee,
  assigned to,agent,admin,support,organizer,client,parent,reviewer,tenant,invitee,inviter,account,office,registrant`,
);

export const email = {
  endings: words("email,email address,e mail"),
  exact: words("EmailAdr,SMTP_ADDR,E_MAIL,PayPal.EmailId"),
  names: [
    ...words(
      `email,e mail,mail,email address,e mail address,mail address,contact mail,user mail,receipt email,email1,email2,
      email 1,
      email 2,primary email,secondary email,alternative email,recovery email,last known shopper email,
      organization billing email,email hash,hashed email,email sha256,email md5,sha256 email,sha256 email address,your email,
      reply to email,new email,old email,second email,from email,to email,paypal email,email3,email 3,email id,cc email,
      bcc email,login email,verified email,public email,created by email,
      mailadresse,email adresse,e mailadresse,courriel,adresse email,adresse mail,adresse e mail,adresse electronique,
      correo,correo electronico,direccion de correo,endereco email,endereco de email,indirizzo email,indirizzo e mail,
      posta elettronica,emailadres,e mailadres,adres email,adres e mail,epost,e post,epostadress,epostadresse,e postadress,
      sahkoposti,sahkopostiosoite,eposta,e posta,e posta adresi,meru adoresu`,
    ),
    ...owned([...people, ...ways], "email,email address"),
  ],
  // The multi-valued attributes of SCIM (RFC 7643, 4.1.2), and what others call it.
  below: [
    { parents: words("emails,email addresses,e mails"), names: words("value,address,display"), holds: "several" },
  ],
} satisfies Named;

/** Telephones as objects, one or several. */
export const phones = words("telecom,phones,phone numbers,telephones,phone,telephone,mobile");

export const phone = {
  endings: words("phone,phone number,phone no,telephone,telephone number,mobile number,mobile phone,cell phone,msisdn"),
  exact: words(
    "PhneNb,MobNb,TELF1,TELF2,TEL_NUMBER,PID.13,PID.14,NK1.5,PayPal.Phone,airline.passenger.phone_number,téléphone,Téléphone,teléfono,Teléfono,телефон,Телефон,電話番号,手机号,전화번호",
  ),
  names: [
    ...words(
      `phone,phone number,phone no,phone num,telephone,telephone number,telephone no,tel,tel no,tel number,mobile,
      mobile phone,mobile number,mobile no,mobile num,mobile phone number,cell phone,cellphone,cell number,
      cell phone number,home phone,home phone number,work phone,work phone number,home mobile,work mobile,office phone,
      business phone,landline,msisdn,phone1,phone2,phone3,phone 1,phone 2,phone 3,primary phone,daytime phone,day phone,
      evening phone,alternate phone,alternative phone,other phone,assistant phone,full phone number,
      international phone number,
      national number,national phone number,emergency phone,emergency contact phone,emergency contact number,contact number,
      contact no,contact mobile,person mobile phone,person home phone,whatsapp,whatsapp number,caller number,calling number,
      called number,subscriber number,phone e164,calling party number,called party number,calling station id,
      called station id,a number,b number,wa id,whatsapp id,ship to phone num,text reminder number,phone hash,hashed phone,
      sha256 phone number,phonenumber,phone number1,phone number2,phone number 1,phone number 2,phone4,telephone1,
      telephone2,telephone 1,telephone 2,mobile1,mobile2,mobile 1,mobile 2,phone mobile,phone work,phone home,phone other,
      phone office,phone cell,business phones,home phones,home telephone,work telephone,daytime telephone,
      evening telephone,emergency contact telephone,next of kin phone,next of kin telephone,from phone number,
      to phone number,sms number,sms phone number,direct phone,caller id,caller id number,outbound caller id,
      national format,international format,
      telefon,telefonnummer,telefonnr,rufnummer,handy,handynummer,mobilnummer,mobilfunknummer,mobiltelefon,telefon privat,
      telefon mobil,festnetz,festnetznummer,
      numero telephone,numero de telephone,num tel,numero tel,telephone fixe,telephone mobile,telephone portable,
      tel portable,tel mobile,numero portable,
      telefono,numero telefono,numero de telefono,telefono movil,telefono celular,telefono fijo,movil,celular,numero celular,
      telefone,numero telefone,numero de telefone,telemovel,telefone celular,fone,
      numero di telefono,cellulare,numero cellulare,telefono cellulare,
      telefoon,telefoonnummer,mobiel,mobiel nummer,gsm nummer,numer telefonu,nr telefonu,telefon komorkowy,komorka,
      mobil,mobilnr,mobiltelefonnummer,hemtelefon,tlf,tlf nr,puhelin,puhelinnumero,matkapuhelin,
      telefon numarasi,telefon no,cep telefonu,cep tel,denwa bango,keitai bango,telefonni cislo,nomer telefona,nomor telepon,
      no hp,no telp,shoujihao`,
    ),
    ...owned([...people, ...ways], "phone,phone number"),
    ...owned(
      words("customer,user,contact,patient,employee,recipient,billing,shipping"),
      "mobile,mobile number,telephone",
    ),
  ],
  // ContactPoint of FHIR, the multi-valued attributes of SCIM, and telephones as objects.
  below: [
    {
      parents: phones,
      names: words("value,number,phone,data"),
      holds: "several",
    },
  ],
} satisfies Named;

export const fax = {
  exact: words("FaxNb,TELFX"),
  names: words(
    `fax,fax number,fax no,fax num,telefax,faxnummer,faxnr,numero fax,numero de fax,home fax,work fax,business fax,
    office fax,contact fax,customer fax,billing fax,faks`,
  ),
} satisfies Named;

export const url = {
  exact: ["URLAdr"],
  names: words(
    `website,website url,web site,homepage,home page,personal website,webpage,profile url,profile link,personal url,
    avatar url,social url,facebook,facebook url,facebook id,twitter,twitter handle,twitter url,linkedin,linkedin url,
    linkedin profile,instagram,instagram handle,instagram url,github url,github username,skype,skype id,telegram,
    telegram username,twitter id,twitter link,facebook link,linked in,linked in url,web address,website address,wechat,tiktok,snapchat,xing,webseite,internetseite,site web,site internet,pagina web,sitio web,
    sito web,
    strona www`,
  ),
} satisfies Named;
