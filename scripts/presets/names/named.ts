// How kinds of names are written down: as lower-case words, in plain ASCII, of which policy/spelling.ts makes the spellings.
// Invariant: a name that means something else as often (name, number, code) stands only under a parent that says what it is.

export interface Named {
  /** Names that say it alone. */
  readonly names: readonly string[];
  /** Names in the one spelling that a standard gives them, as the tags of ISO 20022, and those in letters beyond ASCII. */
  readonly exact?: readonly string[];
  /** What says it at the end of a name too, whoever's or whichever it is: "* first name". */
  readonly endings?: readonly string[];
  /** Names that say it only below one of these parents. */
  readonly below?: readonly Below[];
}

export interface Below {
  readonly parents: readonly string[];
  readonly names: readonly string[];
  /** How many of it the parent holds: one, one or a list of them (the default), or several, maybe by keys of their own. */
  readonly holds?: "one" | "several";
  /** What may stand between a parent and the name, and is still about the parent. */
  readonly through?: readonly string[];
}

/** The words of a list, of several lines where it is long. */
export const words = (text: string): string[] => text.split(",").map((word) => word.trim());

/** Whose or which one it is: "billing email", "customer first name". */
export const owned = (owners: readonly string[], names: string): string[] =>
  words(names).flatMap((name) => owners.map((owner) => `${owner} ${name}`));

/** Who has an object of their own in the payloads of large APIs: what is called name in it is a person's. */
export const persons = words(
  `customer,client,user,person,patient,member,subscriber,guest,buyer,payer,payee,recipient,sender,owner,holder,
  cardholder,card holder,account holder,account owner,contact,employee,applicant,passenger,shopper,shopper name,
  billing,shipping,billing address,shipping address,delivery address,home address,residential address,to address,
  from address,return address,postal address,invoice address,default address,mailing address,
  billing details,shipping details,owner details,customer details,customer info,guest details,user info,user profile,
  personal details,personal info,personal information,billing contact,delivery contact,primary contact,
  business contact,emergency contact,contact person,contact info,contact details,
  creditor,debtor,ultimate creditor,ultimate debtor,creditor account,debtor account,
  author,committer,assignee,reviewer,requester,practitioner,individual,natural person,beneficiary,beneficial owner,
  actor,general practitioner,performer,observer,recorder,asserter,enterer,traveler,traveller,renter,insured,
  policy holder,policyholder,claimant,witness,spouse,
  guardian,dependent,student,teacher,doctor,physician,attendee,participant,registrant,invitee,signer,candidate,
  manager,supervisor,representative,legal representative,authorized representative,director,shareholder,
  next of kin,purchaser,donor,borrower,co applicant,consignee,cashier,visitor,resident,
  bill to,ship to,sold to,ship from,cc,bcc,reply to,email address,traits,viewer,reporter,pusher,organizer,landlord,guarantor,
  prescriber,adjuster,
  kunde,mitarbeiter,besteller,empfaenger,absender,ansprechpartner,lieferadresse,rechnungsadresse,
  personne,acheteur,destinataire,expediteur,salarie,voyageur,beneficiaire,utilisateur,
  cliente,usuario,persona,comprador,destinatario,remitente,empleado,pasajero,paciente,titular,
  pessoa,passageiro,remetente,funcionario,utente,acquirente,mittente,dipendente,passeggero,paziente,
  klant,klient,gebruiker,ontvanger,werknemer,persoon,odbiorca,nadawca,pracownik,osoba,kund,mottagare,bruger,
  modtager,bruker,mottaker,asiakas,musteri,kullanici`,
);

/** Several of them, in a list or by keys. */
export const crowds = words(
  `customers,users,contacts,persons,people,patients,members,subscribers,guests,buyers,recipients,owners,employees,
  applicants,passengers,travelers,travellers,students,attendees,participants,beneficiaries,signers,candidates,authors,
  emergency contacts`,
);

/** What some services wrap what they say of a person in. */
export const wrappers = words(
  "profile,attributes,data,details,info,properties,personal,traits,demographics,identity,node",
);

/** Those whose names and numbers stand beside those of others, in one object. */
export const people = words(
  `customer,user,contact,billing,shipping,recipient,sender,patient,employee,person,owner,buyer,payer,payee,shopper,
  passenger,beneficiary,receiver,guest,individual,student,contact person,primary contact,account owner,account holder,
  member,subscriber,applicant,authorized representative,business contact,emergency contact,spouse,guardian,insured,
  policy holder,traveler,traveller,creditor,debtor,attendee,requester,signer,doctor,manager,
  delivery,purchaser,donor,borrower,counterparty,representative,bill to,ship to,pickup,dropoff`,
);

/** Addresses as objects, whatever is in them. */
export const addresses = words(
  `address,billing address,shipping address,delivery address,home address,mailing address,postal address,
  residential address,invoice address,to address,from address,return address,default address,location address,
  value address,adresse,anschrift,
  lieferadresse,rechnungsadresse,bezoekadres,correspondentieadres,direccion,endereco,indirizzo`,
);
