// Health care: records, plans, dates of care, bodies. HL7 version 2 in XML names its fields by place (PID.3).

import { type Named, words } from "./named.ts";

export const medicalRecord = {
  exact: words("PID.2,PID.3,PID.4"),
  names: words(
    `mrn,mrn number,medical record number,medical record no,medical record,medical record id,health record number,
    health record id,patient id,patient number,patient no,patient identifier,patient mrn,chart number,chart no,
    patient control number,
    hospital number,hospital id,medical id,prescription number,rx number,accession number,
    patientennummer,patientennr,patienten id,fallnummer,numero dossier medical,numero patient,id patient,ipp,
    historia clinica,numero historia clinica,numero paciente,id paciente,prontuario,numero prontuario,cartella clinica,
    patientnummer,numer pacjenta,journalnummer`,
  ),
} satisfies Named;

/** Of FHIR: whatever a resource is known by elsewhere. */
export const identifier = {
  names: words(
    "encounter id,encounter number,visit number,specimen id,claim number,prior authorization number,prior auth number,pre auth ref,police report number",
  ),
  below: [
    {
      parents: words("identifier,identifiers,master identifier,group identifier,pre admission identifier"),
      names: ["value"],
      holds: "several",
    },
  ],
} satisfies Named;

export const healthPlan = {
  exact: words("IN1.36,IN1.49"),
  names: words(
    `health plan number,health plan id,health plan beneficiary number,health plan member id,beneficiary number,
    beneficiary id,member number,member no,member id,membership number,subscriber id,subscriber no,policy number,policy no,
    insurance id,insurance number,insurance no,insurance member id,insurance policy number,insurance card number,insured id,
    insured id number,insurance group number,health insurance number,health insurance id,health card number,health id,hicn,
    mbi,medicare number,medicare id,medicare beneficiary identifier,medicaid number,medicaid id,plan member id,enrollee id,
    ehic,versichertennummer,versichertennr,kvnr,krankenversichertennummer,krankenversicherungsnummer,versicherungsnummer,
    numero assure,numero assurance,numero mutuelle,numero poliza,numero de poliza,numero afiliado,tarjeta sanitaria,
    numero apolice,carteirinha,cartao sus,tessera sanitaria,numero polizza,polisnummer,verzekeringsnummer,numer polisy,
    forsakringsnummer`,
  ),
} satisfies Named;

export const otherDates = {
  exact: words("DthDt"),
  names: words(
    `admission date,admit date,admission date time,admitted at,date of admission,date admitted,discharge date,
    discharge date time,discharged at,date of discharge,date discharged,date of death,death date,deceased date,
    deceased date time,date of service,service date,service start date,service end date,service from date,service to date,
    appointment date,appointment date time,appointment time,visit date,visit date time,encounter date,effective date time,
    effective instant,onset date,onset date time,abatement date time,performed date time,occurrence date time,authored on,
    serviced date,procedure date,procedure date time,surgery date,collected date time,collection date,specimen date,
    recorded date,asserted date,date recorded,date written,written date,fill date,filled date,date filled,symptom date,
    admission date and hour,prescription date,dispense date,
    when handed over,when prepared,immunization date,vaccination date,diagnosis date,date of diagnosis,injury date,
    date of injury,accident date,date of accident,date of incident,claim date,test date,result date,hospitalization date,
    treatment date,authored,recorded,value date,value date time,timing date,presentation date,last visit date,
    next appointment,
    aufnahmedatum,entlassungsdatum,entlassdatum,todesdatum,sterbedatum,behandlungsdatum,date deces,date de deces,
    date admission,date sortie,fecha ingreso,fecha alta,fecha defuncion,fecha cita,data internacao,data alta,data obito,
    data ricovero,data dimissione,data decesso,overlijdensdatum,opnamedatum`,
  ),
  below: [
    {
      parents: words(
        "period,effective period,performed period,occurrence period,onset period,service period,serviced period,billable period,bounds period,timing period,requested period,care period,stay",
      ),
      names: words("start,end"),
    },
  ],
} satisfies Named;

export const biometric = {
  names: words(
    `biometric,biometrics,biometric data,biometric template,biometric hash,biometric id,fingerprint template,
    fingerprint data,
    fingerprint image,finger print,fingerprints,face template,face id,face encoding,face embedding,face print,faceprint,
    face vector,facial data,facial template,iris,iris scan,retina,retina scan,voice print,voiceprint,voice sample,
    voice template,palm print,hand geometry,dna,dna profile,dna sequence,genome,fingerabdruck,gesichtserkennung,
    empreinte digitale,biometrie,huella dactilar,huella digital,biometria,impressao digital,impronta digitale,vingerafdruk,
    odcisk palca,fingeravtryck,fingeraftryk,parmak izi`,
  ),
} satisfies Named;

export const photo = {
  exact: words(
    "jpegPhoto,thumbnailPhoto,image_24,image_32,image_48,image_72,image_192,image_512,image_1024,image_original",
  ),
  names: words(
    `photo,photo url,photo uri,photo data,photograph,picture,picture url,portrait,avatar,avatar image,avatar urls,
    avatar hash,selfie,selfie url,
    selfie image,headshot,mugshot,face image,face photo,facial image,profile image,profile image url,profile photo,
    profile photo url,profile picture,profile picture url,profile pic,id photo,passport photo,user photo,user avatar,
    user image,
    patient photo,employee photo,gravatar id,gravatar url,passfoto,passbild,lichtbild,profilbild,foto,photo identite,
    photo profil,foto perfil,foto de perfil,foto profilo,pasfoto,profielfoto,zdjecie,profilbilde`,
  ),
  below: [{ parents: ["photos"], names: words("value,url,href"), holds: "several" }],
} satisfies Named;
