"""What columns are called in English, French, German, Spanish and Portuguese; no I/O.

Headers are compared as `plain` writes them, without case, accents, blanks and punctuation.
"""

from typing import Final

from signalbook.kit.spelling import plain

_CALLED: Final = {
    "email": """
        e-mail, email address, e-mail address, mail, mail address, email id, primary email,
        work email,
        personal email, user email, customer email, contact email, subscriber email, courriel,
        adresse e-mail, adresse mail, adresse électronique, adresse courriel, mél, correo,
        correo electrónico, email cliente, dirección de correo, dirección de correo electrónico,
        e-mail-adresse, mailadresse, endereço de e-mail, e-mail do cliente, correio eletrónico,
        correio eletrônico, endereço eletrônico, to email""",
    "mobile": """
        mobile, mobile phone, mobile number, mobile no, mobile phone number, cell, cell phone,
        cellphone, cell number, cellular, sms, sms number, sms phone number, whatsapp,
        whatsapp number, téléphone portable, portable, tél portable, tél mobile, téléphone mobile,
        numéro de portable, numéro de mobile, n° portable, gsm, handy, handynummer, handy-nr,
        mobilnummer, mobiltelefon, mobilfunk, mobilfunknummer, móvil, teléfono móvil,
        número de móvil, celular, teléfono celular, número de celular, telemóvel, telefone celular,
        telefone móvel, nº telemóvel""",
    "external_id": """
        external id, customer id, customer number, customer no, client id, client number, user id,
        contact id, subscriber id, crm id, record id, member id, membership number, member number,
        own id, identifiant, identifiant client, numéro client, numéro de client, n° client,
        code client, id client, kundennummer, kundennr, kunden-nr, kunden-id, mitgliedsnummer,
        id cliente, id de cliente, número de cliente, código de cliente, código cliente,
        id do cliente, número do cliente, código do cliente""",
    "tags": """
        tag, tags, tag names, add tags, labels, keywords, étiquette, étiquettes, mots clés,
        schlagwort, schlagworte, schlagwörter, stichworte, etiqueta, etiquetas, palabras clave,
        palavras-chave, marcadores""",
    "list": """
        list, lists, list name, list names, mailing list, mailing lists, email list, liste, listes,
        liste de diffusion, listen, verteiler, lista, listas, lista de correo""",
    "status": """
        status, subscription status, contact status, subscriber status, subscribed, subscription,
        is subscribed, opt-in, optin, opted in, opt in status, consent, marketing consent,
        accepts marketing, marketing opt-in, gdpr consent, subscriber state, subscription state,
        statut, état, abonné, inscrit, consentement,
        abonniert, angemeldet, einwilligung, estado, suscrito, consentimiento, inscrito,
        situação, consentimento""",
    "status:email": """
        email status, email marketing consent, accepts email marketing, email opt-in,
        email optin,
        email consent, email subscription status, allow email, email allowed, newsletter,
        newsletter subscribed, newsletter opt-in,
        statut e-mail, abonné newsletter, e-mail-status, newsletter abonniert, boletín""",
    "status:sms": """
        sms status, sms marketing consent, accepts sms marketing, sms opt-in, sms optin,
        sms consent, statut sms, sms-status""",
    "optout": """
        unsubscribe, unsubscribed, unsubscribe all, is unsubscribed, unsubscribed at,
        unsubscribe date, unsubscribe timestamp, unsubscribed timestamp, date unsubscribed,
        date opted out, opt-out time, confirmed opt-out date, global unsubscribe,
        unsubscribed date, unsubscribe time, unsubscribed on, unsub, unsub date,
        opt-out, optout, opted out, has opted out, opt-out date, opted out at, blacklisted,
        blacklist, blocked, blocklisted, suppressed, do not contact, do not market, dnc,
        désabonné, désinscrit, désinscription, date de désinscription, date désinscription,
        date de désabonnement, date désabonnement, désinscrit le, désabonné le, abmeldedatum,
        abgemeldet am, stop, liste noire, opposition, abgemeldet,
        abbestellt, abmeldung, gesperrt, baja, dado de baja, desuscrito, fecha de baja,
        descadastrado, cancelado""",
    "optout:email": """
        email opt-out, email optout, email opted out, email blacklisted, email unsubscribed,
        unsubscribed from all email, unsubscribed from email, do not email, has opted out of email,
        unsub time, email suppressions, no email, do not mail, unsubscribed from emails,
        désabonné e-mail, stop e-mail""",
    "optout:sms": """
        sms opt-out, sms optout, sms blacklisted, sms unsubscribed, do not sms, stop sms""",
    "optout:voice": "do not call, donotcall, call opt-out, voice opt-out, stop appel",
    "bounced": """
        bounced, hard bounced, hard bounce, email bounced, is email bounced, clean time,
        hard bounced at, hard bounce date""",
    "complained": "complained, spam complaint, marked as spam, complained at, complaint date",
    "attributes": "attributesdata, attributes data, attributes, custom fields, custom attributes",
    "metadata": "metadata, meta data",
    "ignore": """
        password, encrypted password, password hash, hashed password, password digest, passwd,
        user pass, remember token, reset password token, mot de passe, passwort, kennwort,
        contraseña, senha""",
    "field:first_name": """
        first, firstname, given name, forename, fname, first name of contact, prénom, prénoms,
        vorname, vornamen, rufname, nombre, nombre de pila, primer nombre, nome próprio,
        primeiro nome""",
    "field:last_name": """
        last, lastname, surname, family name, lname, second name, nom de famille,
        nachname, familienname, zuname, apellido, apellidos, primer apellido, sobrenome,
        apelido, último nome""",
    "field:full_name": """
        fullname, contact name, customer name, subscriber name, display name, name and surname,
        nom complet, nom et prénom, nom prénom, prénom nom, prénom et nom, vollständiger name,
        vor- und nachname, vorname nachname, nombre completo, nombre y apellidos, nome completo""",
    "field:civility": """
        civility, civilité, salutation, title, name title, prefix, anrede, titel, tratamiento,
        título, tratamento""",
    "field:gender": "gender, sex, sexe, genre, geschlecht, sexo, género, gênero",
    "field:birth_date": """
        birth date, birthdate, date of birth, dob, birthday, born, date de naissance, anniversaire,
        né le, naissance, geburtsdatum, geburtstag, geb datum, fecha de nacimiento, nacimiento,
        cumpleaños, data de nascimento, nascimento, aniversário""",
    "field:company": """
        company, company name, organization, organisation, organization name, business,
        business name, employer, account name, société, entreprise, raison sociale, firma,
        unternehmen, firmenname, empresa, compañía, organización, companhia, organização""",
    "field:phone": """
        phone, phone number, phone no, telephone, telephone number, tel, landline, home phone,
        work phone, téléphone, tél, téléphone fixe, fixe, numéro de téléphone, telefon,
        telefonnummer, telefonnr, festnetz, rufnummer, teléfono, teléfono fijo, fijo,
        número de teléfono, telefone, telefone fixo, número de telefone""",
    "field:fax": "fax, fax number, télécopie, telefax, faxnummer",
    "field:address1": """
        address, address 1, address line 1, street, street address, mailing street, mailing address,
        default address address1, adresse, adresse 1, adresse postale, rue, strasse, straße,
        straße und hausnummer, anschrift, dirección, dirección 1, calle, domicilio, endereço,
        endereço 1, rua, morada""",
    "field:address2": """
        address 2, address line 2, default address address2, apartment, complément d'adresse,
        adresse 2, complément, adresszusatz, dirección 2, endereço 2, complemento""",
    "field:zipcode": """
        zip, zip code, zipcode, postal code, postcode, post code, postal, mailing zip,
        mailing postal code, zip/postal code, postal/zip code, default address zip,
        code postal,
        cp, plz, postleitzahl, código postal, cep, cód postal""",
    "field:city": """
        city, town, locality, mailing city, default address city, ville, commune, localité, ort,
        stadt, wohnort, ciudad, población, localidad, municipio, cidade, localidade, município""",
    "field:state": """
        state, province, region, county, state/province, state/region, state province region,
        mailing state, default address province code, région, département, bundesland, kanton,
        provincia, comunidad autónoma, província, região, distrito, uf""",
    "field:country": """
        country, country name, country/region, mailing country, pays, land, staat, país, nation""",
    "field:longitude": "longitude, lng, lon, long, längengrad, longitud",
    "field:latitude": "latitude, lat, breitengrad, latitud",
    "field:language": """
        language, lang, locale, preferred language, langue, sprache, idioma, lengua, língua""",
    "field:timezone": """
        timezone, time zone, tz, fuseau horaire, zeitzone, zona horaria, fuso horário""",
    "field:reference": "reference, référence, referenz, referencia, referência",
    "field:facebook_id": "facebook id, facebook, facebookid",
    "field:twitter_id": "twitter id, twitter, twitterid",
}

MEANT: Final = {
    plain(header): target for target, headers in _CALLED.items() for header in headers.split(",")
}
"""What a plain header means."""

NAME_OR_SURNAME: Final = frozenset({"name", "nom", "nome"})
"""A surname where a first name stands beside it, else the whole name."""

GIVEN: Final = frozenset(name for name, target in MEANT.items() if target == "field:first_name") | {
    "firstname"
}
