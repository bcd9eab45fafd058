// People: names, birth, age, and what else describes one.

import { crowds, type Named, owned, people, persons, words, wrappers } from "./named.ts";

const nameOf = words("name,first,last,middle,given,family,nom,nome,nombre,naam,namn,navn,nimi,names");

export const name = {
  endings: words(
    `first name,last name,middle name,given name,family name,surname,maiden name,fname,lname,vorname,nachname,prenom,
    apellido,apellidos,cognome,voornaam,achternaam`,
  ),
  exact: words(
    `Nm,FrstNm,Srnm,MddlNm,PmtNm,GvnNm,FullNm,BusinessPartnerFullName,VORNA,NACHN,NAMEV,NAME1,NAME2,NAME_TEXT,ENAME,RUFNM,
    PID.5,PID.6,PID.9,NK1.2,IN1.16,GT1.3,PayPal.FirstName,PayPal.LastName,carRental.renterName,
    openinvoicedata.recipientFirstName,openinvoicedata.recipientLastName,airline.passenger_name,
    airline.passenger.first_name,airline.passenger.last_name,consumerName,ultimateDebtor,ultimateCreditor,prénom,
    Prénom,prénoms,Prénoms,imię,Imię,förnamn,
    Förnamn,jméno,Jméno,příjmení,Příjmení,имя,фамилия,отчество,фио,ФИО,姓名,氏名,名前,이름,성명`,
  ),
  names: [
    ...words(
      `first name,last name,middle name,middle names,full name,given name,given names,family name,surname,sur name,forename,
      forenames,fname,lname,mname,maiden name,birth name,nick name,display name,legal name,name first,name last,name middle,
      name given,name family,name full,preferred name,preferred first name,second name,second last name,former name,
      previous name,formatted name,real name,person name,personal name,
      mothers maiden name,mother maiden name,maternal last name,paternal last name,shopper name,account holder name,
      account name holder,user full name,legal first name,legal last name,legal middle name,full legal name,person full name,
      contact person full name,emergency contact name,next of kin,next of kin name,care of,driver first name,
      driver last name,driver full name,
      mother name,father name,spouse name,mothers name,fathers name,insured name,policyholder name,renter name,
      counterparty name,signatory name,addressee name,caller name,katakana name,alternate full name,author name,
      physician name,referring physician,attending physician,provider first name,
      provider last name,first name kana,last name kana,first name kanji,last name kanji,given name kana,family name kana,
      middle initial,full name aliases,address name,your name,plaintiff,defendant,ordering physician,
      primary care physician,treating physician,ordering provider name,referring provider name,attending provider name,
      rendering provider name,prescriber name,landlord name,guarantor name,picked up by,customs signer,bill to forename,
      bill to surname,ship to forename,ship to surname,pickup contact given name,pickup contact family name,
      dropoff contact given name,dropoff contact family name,
      first name phonetic,last name phonetic,phonetic first name,phonetic last name,phonetic name,
      firstname,lastname,middlename,fullname,nickname,first names,last names,family names,name kana,name kanji,
      full name kana,initials,first name local,last name local,user display name,author display name,
      sender display name,caller display name,customer display name,caller id name`,
    ),
    ...owned(people, "first name,last name,name,full name"),
    ...owned(
      words("customer,user,contact,person,employee,patient"),
      "middle name,given name,family name,surname,firstname,lastname,fullname",
    ),
    ...owned(
      words("author,creator,reviewer,agent,assignee,tenant,host,seller,client,parent,child,player,registrant"),
      "first name,last name,full name",
    ),
    ...words(
      `vorname,vornamen,nachname,familienname,geburtsname,zuname,rufname,voller name,ansprechpartner,ansprechpartner name,
      vor name,nach name,familien name,geburts name,kundenname,empfaengername,absendername,kontoinhaber,kontoinhaber name,vor und nachname,
      prenom,prenoms,nom,nom famille,nom de famille,nom complet,nom usage,nom naissance,nom de naissance,nom jeune fille,
      nom usuel,nom d usage,nom marital,nom patronymique,prenom usuel,prenom1,prenom2,prenom 1,prenom 2,prenom 3,
      nom client,nom prenom,nom et prenom,nom destinataire,deuxieme prenom,
      nombre,nombres,nombre completo,primer nombre,segundo nombre,nombre cliente,nombre contacto,nombre y apellidos,apellido,
      apellidos,primer apellido,segundo apellido,apellido paterno,apellido materno,apellido1,apellido2,
      nome,nome completo,primeiro nome,ultimo nome,sobrenome,apelido,nome mae,nome da mae,nome pai,nome do pai,nome social,
      nome cliente,nome do cliente,nome contato,cognome,nome cognome,nome e cognome,secondo nome,nominativo,
      voornaam,voornamen,achternaam,tussenvoegsel,tussenvoegsels,voorvoegsel,voorvoegsel geslachtsnaam,
      voorvoegsel achternaam,aanhef,aanschrijfwijze,volledige naam,roepnaam,geslachtsnaam,voorletters,klantnaam,tenaamstelling,
      imie,imiona,drugie imie,nazwisko,nazwisko rodowe,imie i nazwisko,
      fornamn,efternamn,mellannamn,tilltalsnamn,fornavn,efternavn,etternavn,mellemnavn,mellomnavn,fulde navn,fullt navn,
      etunimi,etunimet,sukunimi,koko nimi,kutsumanimi,soyad,soyadi,ad soyad,adi soyadi,isim,soyisim,ikinci ad,
      namae,shimei,sei,mei,sei kana,mei kana,kana name,furigana,myoji,
      jmeno,prijmeni,jmeno a prijmeni,vezeteknev,keresztnev,csaladnev,prenume,nume familie,prezime,nama lengkap,nama depan,
      nama belakang,ho ten,xingming,imya,familiya,otchestvo,fio`,
    ),
  ],
  below: [
    { parents: persons, names: nameOf, through: wrappers },
    { parents: crowds, names: nameOf, holds: "several" },
    // HumanName and Reference of FHIR (hl7.org/fhir/datatypes.html, references.html): what is named is the resource.
    // SCIM (RFC 7643, 4.1.1) has `formatted` there.
    { parents: ["name"], names: words("family,given,first,last,middle,text,formatted,full") },
    {
      parents: [...persons, ...crowds, ...words("subject,who,party,target,provider,verified with")],
      names: ["display"],
    },
  ],
} satisfies Named;

export const birthDate = {
  endings: words(
    "dob,birth date,birthdate,date of birth,birthday,geburtsdatum,date naissance,fecha nacimiento,data nascimento",
  ),
  exact: words(
    "生年月日,出生日期,생년월일,BirthDt,GBDAT,birthTime,PID.7,IN1.18,airline.passenger.date_of_birth,BDAY,bday",
  ),
  names: [
    ...words(
      `dob,birth date,birthdate,date of birth,birth month,month of birth,day of birth,birthday,birthday month,birthday day,dates of birth,birth day,born on,born,birth date time,
      person birthdate,dob date,
      birth year,year of birth,yob,dob year,geburtsjahr,annee naissance,annee de naissance,ano nacimiento,ano de nacimiento,
      ano nascimento,ano de nascimento,anno nascita,anno di nascita,geboortejaar,rok urodzenia,fodelsear,syntymavuosi,
      geburtsdatum,geburts datum,geburtstag,geb datum,geboren am,date naissance,date de naissance,date naiss,
      fecha nacimiento,fecha de nacimiento,fec nacimiento,fecha nac,
      data nascimento,data de nascimento,dt nascimento,data nasc,nascimento,data nascita,data di nascita,
      geboortedatum,geboorte datum,data urodzenia,fodelsedatum,fodselsdato,foedselsdato,fodselsdag,
      syntymaaika,syntymapaiva,dogum tarihi,seinengappi,seinen gappi,tanjobi,datum narozeni,szuletesi datum,data nasterii,
      tanggal lahir,ngay sinh`,
    ),
    ...owned(
      words(
        `customer,user,patient,employee,owner,passenger,shopper,member,subscriber,applicant,insured,driver,individual,
        account holder,student,child,spouse,dependent,beneficiary,guest,contact,buyer,person,traveler,
        authorized representative,counterparty`,
      ),
      "dob,birth date,date of birth",
    ),
  ],
} satisfies Named;

export const age = {
  names: words(
    `age,patient age,age in years,age years,current age,age at diagnosis,age at admission,age at visit,age at death,
    age at onset,alter,edad,idade,leeftijd,wiek,alder,ika,yas,nenrei`,
  ),
  below: [{ parents: words("onset age,deceased age,abatement age"), names: ["value"], holds: "one" }],
} satisfies Named;

/** Where somebody was born, where it is more than a country. */
export const birthPlace = {
  exact: words("CityOfBirth,PID.23"),
  names: words(
    `birthplace,place of birth,birth place,city of birth,birth city,birth town,birth province,geburtsort,geburts ort,
    commune naissance,commune de naissance,ville naissance,ville de naissance,departement naissance,lieu naissance,lieu de naissance,
    lugar nacimiento,lugar de nacimiento,ciudad nacimiento,ciudad de nacimiento,municipio nacimiento,cidade nascimento,
    naturalidade,local nascimento,luogo nascita,luogo di nascita,comune nascita,comune di nascita,
    provincia nascita,provincia di nascita,
    geboorteplaats,miejsce urodzenia,fodelseort,fodested,foedested,syntymapaikka,dogum yeri`,
  ),
} satisfies Named;

/** What describes a person, short of the special categories. */
export const identity = {
  exact: words("PrvcOfBirth,CtryOfBirth,PID.8,PID.15,PID.16"),
  names: words(
    `gender,sex,nationality,citizenship,marital status,country of birth,birth country,owner nationality,
    passenger gender,salary,annual salary,base salary,gross salary,net salary,
    wages,nationalities,occupation,employer name,annual income,monthly income,household income,gross pay,net pay,base pay,total base pay,veteran status,military status,
    geschlecht,familienstand,staatsangehoerigkeit,nationalitaet,geburtsland,beruf,einkommen,nettoeinkommen,bruttoeinkommen,anrede,gehalt,bruttogehalt,nettogehalt,
    bruttolohn,nettolohn,grundgehalt,jahresgehalt,monatsgehalt,steuerklasse,krankenkasse,
    sexe,civilite,nationalite,pays naissance,pays de naissance,salaire,salaire brut,salaire net,situation familiale,etat civil,
    sexo,genero,nacionalidad,estado civil,pais nacimiento,salario,salario bruto,salario neto,salario base,
    nacionalidade,stato nascita,stato di nascita,nazione nascita,nazione di nascita,paese nascita,paese di nascita,sesso,stipendio,nazionalita,cittadinanza,stato civile,
    geslacht,nationaliteit,geboorteland,salaris,brutosalaris,nettosalaris,burgerlijke staat,
    kjonn,kjoenn,statsborgerskap,fodeland,foedeland,plec,narodowosc,obywatelstwo,stan cywilny,medborgarskap,nationalitet,civilstand,
    sivilstand,sukupuoli,kansalaisuus,siviilisaaty,cinsiyet,uyruk,medeni durum,seibetsu,
    kokuseki`,
  ),
} satisfies Named;

export const special = {
  exact: words("PID.10,PID.17"),
  names: words(
    `race,racial origin,ethnicity,ethnic origin,ethnic group,religion,religious belief,religious beliefs,
    religious affiliation,political opinion,political opinions,political affiliation,political party,trade union,
    trade union membership,union membership,union dues,sick days,sick leave,krankheitstage,sexual orientation,
    sexuality,sex life,gender identity,health status,health data,
    health condition,health conditions,medical condition,medical conditions,medical history,diagnosis,diagnoses,
    diagnosis code,diagnosis codes,icd code,icd10 code,disease,diseases,symptoms,allergies,allergy,disability,disabilities,
    disability status,genetic data,medication,medications,prescription,prescriptions,blood type,blood group,hiv status,food allergies,dietary restrictions,dietary requirements,medical notes,
    medical information,health information,sexual preference,
    pregnancy status,vaccination status,mental health,lab results,criminal record,criminal convictions,
    konfession,religionszugehoerigkeit,kirchensteuer,ethnie,ethnische herkunft,politische meinung,gewerkschaft,
    gewerkschaftszugehoerigkeit,sexuelle orientierung,gesundheitszustand,krankheit,behinderung,schwerbehinderung,diagnose,
    medikamente,allergien,blutgruppe,vorstrafen,
    origine ethnique,opinion politique,opinions politiques,syndicat,appartenance syndicale,orientation sexuelle,
    etat de sante,maladie,handicap,groupe sanguin,
    raza,etnia,origen etnico,opinion politica,sindicato,afiliacion sindical,orientacion sexual,estado de salud,enfermedad,
    discapacidad,diagnostico,alergias,grupo sanguineo,
    raca,religiao,opiniao politica,orientacao sexual,doenca,deficiencia,tipo sanguineo,
    razza,religione,orientamento sessuale,stato di salute,malattia,disabilita,diagnosi,gruppo sanguigno,
    etniciteit,geloof,godsdienst,seksuele orientatie,ziekte,bloedgroep,rasa,wyznanie,religia,stan zdrowia,choroba,
    niepelnosprawnosc,grupa krwi,etnicitet,sexuell laggning,sjukdom,diagnos,funktionsnedsattning,blodgrupp,sygdom,sykdom,
    uskonto,sairaus,kan grubu`,
  ),
} satisfies Named;

export const login = {
  // NameID: of the subject of a SAML assertion.
  exact: words("sAMAccountName,userPrincipalName,NameID"),
  names: [
    ...words(
      `username,user name,login name,login id,logon name,preferred username,screen name,user login,user handle,
    user principal name,usernames,mail nickname,account login,owner login,upn,sam account name,twitter username,instagram username,social username,twitter user name,psu id,
    benutzername,benutzer name,nutzername,anmeldename,nom utilisateur,nom d utilisateur,pseudo,pseudonyme,
    usuario,nombre usuario,nombre de usuario,nome usuario,nome de usuario,nome utente,gebruikersnaam,nazwa uzytkownika,
    anvandarnamn,brugernavn,brukernavn,kayttajatunnus,kayttajanimi,kullanici adi`,
    ),
    ...owned(
      words("admin,api,auth,basic auth,smtp,ldap,ftp,db,owner,author,creator,created by,sender,requester"),
      "username,user name",
    ),
  ],
  below: [
    { parents: persons, names: ["login"] },
    { parents: crowds, names: ["login"], holds: "several" },
    // What a SAML assertion says of its subject.
    { parents: ["attribute"], names: ["attribute value"], holds: "one" },
  ],
} satisfies Named;
