// Places of people: addresses, what of them may stay, and positions.

import { phones } from "./contact.ts";
import { addresses, type Named, owned, words } from "./named.ts";

const addressed = words(
  `billing,shipping,delivery,home,mailing,other,owner,person mailing,person other,residential,work,customer,contact,recipient,
  bill to,ship to,pickup,dropoff,sender,business,company,permanent,primary,current,residence,physical,alternate,return`,
);

export const address = {
  endings: words(
    "street,street address,street name,address line,home address,mailing address,postal address,shipping address,billing address",
  ),
  exact: words(
    `AdrLine,StrtNm,BldgNb,BldgNm,PstBx,CareOf,STRAS,STREET,HOUSE_NUM1,PID.11,NK1.4,IN1.19,streetAddressLine,
    billingAddress.street,billingAddress.houseNumberOrName,deliveryAddress.street,deliveryAddress.houseNumberOrName,
    straße,Straße,
    dirección,Dirección,endereço,Endereço,住所,地址,주소,адрес,Адрес`,
  ),
  names: [
    ...addresses,
    ...words(
      `street,street address,street name,street number,street no,street1,street2,street3,street 1,street 2,street line1,
      street line2,street line 1,street line 2,street address 1,street address 2,street address1,street address2,
      street address line,street address line 1,street address line 2,street secondary,street address secondary,address line,
      address line1,address line2,address line3,address line4,address line 1,address line 2,address line 3,address line 4,
      address1,address2,address3,address 1,address 2,address 3,address street,address lines,address line5,address line 5,address4,address 4,address5,address 5,address complement,addr,addr1,addr2,
      addr line1,addr line2,
      line1,line2,
      line 1,line 2,house number,house no,house name,house number or name,owner house number or name,apartment,
      apartment number,apt,apt number,flat number,unit number,building name,building number,po box,post office box,
      full address,raw address,verified address,postal box,
      full street,formatted address,permanent address,current address,work address,office address,residence address,
      home street,thoroughfare,sub premise,extended address,street address2,house extension,registered address,
      business address,legal address,
      strasse,strassenname,strassen name,strasse nr,strasse hausnummer,haus nummer,haus nr,adress zusatz,hausnummer,hausnr,anschrift,postanschrift,wohnanschrift,adresszusatz,
      adresszeile,adresszeile1,adresszeile2,postfach,
      rue,nom rue,numero rue,nom voie,nom de voie,num voie,numero voie,numero de voie,lieu dit,voie,libelle voie,adresse postale,adresse1,adresse2,complement adresse,adresse livraison,
      adresse facturation,adresse de livraison,adresse de facturation,boite postale,
      domicilio,calle,nombre calle,numero exterior,numero interior,colonia,calle y numero,direccion envio,
      direccion facturacion,direccion postal,
      logradouro,rua,morada,numero casa,complemento,endereco completo,endereco entrega,endereco cobranca,
      numero civico,indirizzo spedizione,indirizzo fatturazione,residenza,
      straat,straatnaam,huisnummer,huisnr,huis nummer,huisletter,huisnummertoevoeging,huisnummer toevoeging,
      aanduiding bij huisnummer,korte straatnaam,officiele straatnaam,postbus,postbusnummer,antwoordnummer,adres,adresregel,adresregel1,adresregel2,adresregel3,woonadres,bezorgadres,factuuradres,ulica,numer domu,
      numer mieszkania,adres zamieszkania,adress,gata,gatuadress,gatunamn,postadress,vejnavn,gade,gadenavn,husnr,husnummer,husbokstav,postboks,adresselinje1,adresselinje2,adresselinje3,adressenavn,
      bostedsadresse,postadresse,folkeregistrert adresse,gateadresse,
      gatenavn,katuosoite,osoite,postiosoite,sokak,cadde,mahalle,bina no,daire no,jusho,banchi,ulice,utca,strada,alamat,dizhi`,
    ),
    ...owned(
      addressed,
      "street,street address,address line1,address line 1,address line2,address line 2,address1,address2,address",
    ),
  ],
  // SCIM (RFC 7643, 4.1.2) and its like: the whole of an address, once more as one text.
  below: [{ parents: ["addresses"], names: words("formatted,text") }],
} satisfies Named;

export const locality = {
  endings: words("city"),
  exact: words("TwnNm,TwnLctnNm,DstrctNm,ORT01,ORT02,CITY1,CITY2,billingAddress.city,deliveryAddress.city"),
  names: [
    ...words(
      `city,town,village,county,district,locality,suburb,neighbourhood,neighborhood,city name,town name,address city,
      city town,
      admin area 2,admin area 3,city district,location city,residence city,city locality,ip city,geo city,caller city,called city,bill to address city,
      ship to address city,dependent locality,sublocality,post town,
      address neighborhood,ort,wohnort,wohn ort,stadt,stadtteil,ortsteil,landkreis,ville,commune,nom commune,libelle commune,commune residence,localite,ciudad,localidad,municipio,poblacion,barrio,
      cidade,bairro,localidade,freguesia,concelho,citta,comune,localita,frazione,plaats,plaatsnaam,woonplaats,woonplaatsnaam,woonplaats naam,gemeente,gemeentenaam,gemeente naam,
      gemeente van inschrijving,kommunenavn,
      miasto,miejscowosc,gmina,powiat,stad,postort,kommun,bynavn,postby,poststed,kommune,kaupunki,kunta,paikkakunta,
      postitoimipaikka,sehir,ilce,semt,shikuchoson,mesto,varos,oras,localitate,kota`,
    ),
    ...owned(addressed, "city,town"),
  ],
} satisfies Named;

export const postalCode = {
  endings: words("postal code,postcode,zip code,zipcode"),
  exact: words("PstCd,PSTLZ,POST_CODE1,billingAddress.postalCode,deliveryAddress.postalCode"),
  names: [
    ...words(
      `zip,zip code,zipcode,zip5,zip plus4,postal code,postal,postcode,post code,zip postal code,zip or postal code,
      address zip,address postcode,
      address postalcode,address zipcode,address postal code,address zip code,bill to address postal code,ship to address postal code,from zip,to zip,
      caller zip,
      called zip,
      plz,postleitzahl,post leitzahl,code postal,codigo postal,cep,codice postale,codice avviamento postale,kod pocztowy,postnummer,postnr,
      postinumero,posta kodu,yubin bango,psc,iranyitoszam,cod postal,kode pos,youbian`,
    ),
    ...owned(addressed, "zip,zip code,zipcode,postal code,postcode"),
  ],
} satisfies Named;

/** What of an address may stay, and of numbers and addresses to reach somebody: which kind it is, and the country. */
export const region = {
  names: [],
  below: [
    // No place of a person, and services need it to tell an address from a wrong one.
    {
      parents: [...addresses, ...owned(addressed, "address")],
      names: words(
        `country,country code,country name,country code alpha2,country iso,address country,state,state code,
        state or province,
        state province,province,province code,region,region code,address state,admin area 1,administrative area,
        administrative district level 1,subdivision,country subdivision,type,address type,use,land,bundesland,pays,pais,
        estado,uf,paese,kraj`,
      ),
    },
    {
      parents: phones,
      names: words("type,phone type,country code,country"),
    },
  ],
} satisfies Named;

export const location = {
  names: words(
    `latitude,longitude,lat,lng,lon,lat lng,lat lon,latlng,geo location,geolocation,geo point,geo lat,geo lng,geo lon,
    geohash,gps,
    gps coordinates,gps lat,gps lng,gps lon,gps latitude,gps longitude,coordinates,location latitude,location longitude,
    location lat,location lng,latitude in degrees,longitude in degrees,lat long,latlong,geo long,geo latitude,geo longitude,last latitude,
    last longitude,current latitude,current longitude,pickup latitude,pickup longitude,dropoff latitude,dropoff longitude,
    start latitude,start longitude,end latitude,end longitude,geo coordinates,geo coordinate,breitengrad,laengengrad,latitud,longitud,
    latitudine,longitudine,breedtegraad,lengtegraad,
    enlem,boylam`,
  ),
} satisfies Named;
