// Texts in which anybody may have written anything.

import { type Named, words } from "./named.ts";

export const freeText = {
  exact: words("Ustrd,AddtlRmtInf,AddtlInf,AddtlNtryInf,AddtlTxInf,InstrForCdtrAgt"),
  names: words(
    `note,notes,note text,comment,comments,comment text,remark,remarks,message,message text,gift message,gift note,memo,
    free text,freetext,special instructions,special requests,special request,delivery instructions,delivery instruction,
    delivery note,delivery notes,shipping instructions,shipping note,customer note,customer notes,customer comment,
    customer message,order note,order notes,order comment,order comments,buyer note,note to payer,note to payee,
    private note,seller note,transaction note,cancellation note,dropoff notes,reason note,
    private notes,internal note,internal notes,staff notes,additional notes,additional comments,additional information,
    additional info,feedback,complaint,clinical notes,clinical note,progress notes,progress note,doctor notes,nurse notes,
    patient notes,chief complaint,narrative,value string,answer text,remittance information,
    remittance information unstructured,
    unstructured remittance information,payment note,user comment,user message,your message,html body,text body,
    plain body,body html,body text,body plain,body preview,
    email body,email message,mail body,sms body,sms text,stripped text,stripped html,transcript text,transcription text,speech result,
    raw subject,patient instruction,patient instructions,loss description,accident description,incident description,
    injury description,pickup instructions,dropoff instructions,pickup notes,driver notes,driver instructions,
    reason for visit,bio,biography,about me,user note,user notes,buyer comment,buyer notes,customer memo,internal memo,
    internal comment,internal comments,general notes,general comments,approval comment,message content,
    message html,comment body,comment content,invoice note,invoice notes,personal message,sms message,sms content,
    email content,
    bemerkung,bemerkungen,anmerkung,anmerkungen,kommentar,kommentare,notiz,notizen,nachricht,mitteilung,verwendungszweck,
    commentaire,commentaires,remarque,remarques,instructions livraison,comentario,comentarios,observaciones,mensaje,
    observacoes,info pagador,solicitacao pagador,mensagem,commento,commenti,messaggio,osservazioni,opmerking,opmerkingen,bericht,notitie,uwagi,komentarz,
    wiadomosc,anteckning,meddelande,bemaerkning,besked,merknad,melding,huomautus,kommentti,viesti,mesaj,yorum,biko`,
  ),
  // The narrative of a FHIR resource: all of it once more, as XHTML.
  below: [{ parents: ["text"], names: ["div"], holds: "one" }],
} satisfies Named;
