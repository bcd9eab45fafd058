// What proves who somebody is: passwords, keys, tokens and codes.

import { type Named, owned, words } from "./named.ts";

export const password = {
  endings: words("password,passwd,passphrase,passwort,contrasena,senha,wachtwoord"),
  exact: words("contraseña,Contraseña,hasło,Hasło,пароль,Пароль,密码,パスワード,비밀번호"),
  names: [
    ...words(
      `password,passwd,pwd,pass word,passphrase,pass phrase,passcode,pass code,userpass,user pwd,old password,new password,
      current password,confirm password,password confirm,password confirmation,password again,password repeat,
      repeat password,
      retype password,verify password,user password,login password,password1,password2,password hash,hashed password,
      encrypted password,password digest,plain password,initial password,temporary password,temp password,default password,
      app password,private key passphrase,key passphrase,ssh key passphrase,encryption passphrase,certificate passphrase,
      three d password,wifi password,wpa passphrase,pre shared key,psk,bind password,proxy password,
      keystore password,
      truststore password,key password,private key password,mysql pwd,db pwd,db pass,database pwd,smtp pass,admin pwd,
      kennwort,passwort,neues passwort,altes passwort,passwort wiederholen,mot de passe,mot passe,nouveau mot de passe,mdp,
      contrasena,contrasenia,nueva contrasena,clave acceso,clave secreta,senha,nova senha,senha atual,confirmar senha,
      palavra passe,parola d ordine,parola chiave,parola accesso,wachtwoord,nieuw wachtwoord,haslo,nowe haslo,losenord,
      adgangskode,kodeord,passord,salasana,sifre,parola,heslo,jelszo,lozinka,kata sandi,pasuwado`,
    ),
    ...owned(
      words(
        `db,database,mysql,postgres,redis,ftp,ldap,smtp,imap,admin,root,master,account,service,client,sudo,owner,open,
        certificate,cert,pfx,archive,pdf,file,auth,basic auth,application,email,mail,proxy user,sip,sql,http,router,
        merchant,key store,trust store,encryption,original,share`,
      ),
      "password",
    ),
  ],
} satisfies Named;

const issuers = words(
  `github,gitlab,slack,aws,gcp,google,azure,npm,docker,twilio,sendgrid,stripe,paypal,openai,firebase,facebook,twitter,heroku,
  datadog,anthropic,mailgun,mailchimp,shopify,telegram,discord,hubspot,cloudflare`,
);

export const secret = {
  endings: words(
    "api key,apikey,api secret,api token,access token,refresh token,auth token,client secret,secret key,private key",
  ),
  exact: words(
    `SAMLResponse,SAMLRequest,Proxy-Authorization,X-Api-Key,X-Auth-Token,Set-Cookie,set-cookie,Cookie,cookie,
    X-Access-Token,X-Session-Token,X-CSRF-Token,X-XSRF-TOKEN,X-Amz-Security-Token,Ocp-Apim-Subscription-Key,
    Subscription-Key,_csrf_token,csrfmiddlewaretoken,__RequestVerificationToken,_token,_csrf,_wpnonce,tls.key,ca.key,ssh-privatekey,g-recaptcha-response,h-captcha-response`,
  ),
  names: [
    ...words(
      `secret,client secret,client key,api key,apikey,api secret,api token,api key secret,api secret key,
      api password,
      app secret,app key,access token,access token secret,access secret,token secret,secret token,refresh token,id token,
      id token hint,auth token,auth key,auth secret,auth code,authentication token,authorization,authorization header,
      bearer,bearer token,
      basic auth,session token,session id,session key,session secret,session cookie,sso token,saml token,saml assertion,
      subject token,actor token,security token,private key,private key pem,client private key,ssl private key,
      tls private key,rsa private key,secret key,secret access key,access key,access key id,account key,storage key,
      shared access key,shared access signature,sas token,subscription key,encryption key,encryption secret,decryption key,
      cipher key,aes key,signing key,signing secret,signature key,hmac key,hmac secret,webhook secret,webhook token,
      slack webhook url,shared secret,shared key,master key,master secret,service account key,deploy key,deploy token,
      registry token,runner token,job token,bootstrap token,join token,unseal key,vault token,kubeconfig,
      connection string,credential,credentials,jwt,jwt secret,jwt token,token,
      otp,otp code,otp secret,otp token,totp,totp secret,totp seed,totp code,sms code,sms otp,one time password,
      one time code,
      one time token,two factor code,two factor secret,two factor token,tfa code,tfa secret,mfa code,mfa secret,
      authenticator code,activation code,activation token,activation key,confirmation token,recovery code,recovery token,
      recovery key,recovery phrase,backup code,seed phrase,mnemonic,security answer,security question answer,
      secret answer,unlock code,unlock token,reset code,reset key,login code,access code,magic link,magic token,
      invite code,license key,csrf token,csrf,xsrf token,xsrf,anti forgery token,authenticity token,captcha token,
      recaptcha token,recaptcha response,consumer secret,consumer key,application secret,oauth token secret,oauth secret,
      oauth verifier,oauth client secret,assertion,client assertion,code verifier,authorization code,authorization token,
      authorisation token,device code,ssh key,ssh private key,pgp private key,aws secret access key,aws access key id,
      aws session token,saml response,x api key,facilitator access token,fcm token,apns token,push token,call token,
      notification token,boarding token,billing token,link token,public token,processor token,
      relay token,flow token,donation token,migration token,device secret,
      screen lock pin,menu pin,refund pin,card nonce,cvc token,secret hash,token signing key,authentication value,
      api access token,state token,merchant authentication,recovery question,security questions,write key,
      binary security token,puk,puk code,sca authentication data,account token,stream key,totp url,totp uri,otpauth url,
      otpauth uri,secret word,memorable word,aws access key,s3 access key,cert private key,encrypted private key,
      private key data,user credentials,login credentials,registration access token,initial access token,
      payment instrument token,set cookie,
      payment token,payment nonce,payment method nonce,card token,client token,network token cryptogram,cryptogram,cavv,
      apple pay token,google pay token,amazon pay token,samsung pay token,
      zugangsdaten,zugriffstoken,geheimnis,cle api,cle secrete,jeton acces,clave api,token acceso,chave api,chave secreta,
      token acesso,chiave api,chiave segreta,token accesso,toegangstoken,geheime sleutel,klucz api,token dostepu`,
    ),
    ...owned(
      words(
        `verification,reset,password reset,bot,oauth,device,push,registration,invite,invitation,login,user,mfa,service,
        personal access,app,page access,user access,email verification,confirm,instance,agent,validation,identity,
        application,request,logout,linking,integration,encrypted,hashed,temporary,admin,oauth access,oauth refresh,
        user auth,customer access`,
      ),
      "token",
    ),
    ...owned(issuers, "token,secret,api key,secret key,client secret"),
  ],
} satisfies Named;

/** Several of them, which services also keep by the secrets themselves: then names of members are secrets. */
export const secretList = {
  names: words("secrets,access tokens,refresh tokens,api keys,recovery codes,backup codes"),
} satisfies Named;
