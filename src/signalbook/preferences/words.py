"""The words of the public pages in every language they speak.

A language is complete, or it is no `Words`: a missing sentence is a type error. `{account}` and
`{address}` stand in a sentence wherever its grammar wants them.
"""

from typing import Final

import msgspec

from signalbook.ledger.model import Channel, Reason


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a public page says in one language."""

    name: str
    language: str
    unsubscribe_title: str
    unsubscribe: str
    nothing: dict[Channel | None, str]
    done_title: str
    soon: str
    undo: str
    back_title: str
    back: str
    resubscribe: str
    choose_title: str
    choose_lead: str
    channels: dict[Channel, str]
    save: str
    leave_all: str
    saved_title: str
    saved_lead: str
    on: str
    off: str
    blocked: dict[Reason, str]
    change: str
    none: str
    broken_title: str
    broken_lead: str
    busy_title: str
    busy_lead: str


WORDS: Final[dict[str, Words]] = {
    "en": Words(
        name="English",
        language="Language",
        unsubscribe_title="Unsubscribe?",
        unsubscribe="Unsubscribe",
        nothing={
            Channel.EMAIL: "{account} will send no more e-mails to {address}.",
            Channel.SMS: "{account} will send no more text messages to {address}.",
            Channel.VOICE: "{account} will no longer call {address}.",
            Channel.VOICEMAIL: "{account} will leave no more voice messages at {address}.",
            Channel.WHATSAPP: "{account} will send no more WhatsApp messages to {address}.",
            Channel.PUSH: "{account} will send no more notifications to your app.",
            None: "{account} will no longer contact you, in any way.",
        },
        done_title="You are unsubscribed",
        soon="A message that is already on its way may still arrive.",
        undo="Undo",
        back_title="You are subscribed again",
        back="{account} may contact you again as before.",
        resubscribe="Subscribe again",
        choose_title="How {account} may reach you",
        choose_lead="Nothing changes until you save.",
        channels={
            Channel.EMAIL: "E-mail",
            Channel.SMS: "Text messages (SMS)",
            Channel.VOICE: "Phone calls",
            Channel.VOICEMAIL: "Voice messages",
            Channel.WHATSAPP: "WhatsApp",
            Channel.PUSH: "App notifications",
        },
        save="Save",
        leave_all="Unsubscribe from everything",
        saved_title="Saved",
        saved_lead="This is how {account} may reach you from now on.",
        on="On",
        off="Off",
        blocked={
            Reason.SPAM: "You reported a message as spam.",
            Reason.HARDBOUNCED: "Messages to this address came back.",
            Reason.USER: "{account} has stopped sending here.",
        },
        change="Change again",
        none="There is nothing left to choose here.",
        broken_title="This link does not work",
        broken_lead=(
            "It may have been cut off when it was copied. Open it again from the message "
            "you got, or write to the sender."
        ),
        busy_title="One moment, please",
        busy_lead="Too many requests are coming from here. Try again in a minute.",
    ),
    "fr": Words(
        name="Français",
        language="Langue",
        unsubscribe_title="Se désabonner\u202f?",
        unsubscribe="Me désabonner",
        nothing={
            Channel.EMAIL: "{account} n’enverra plus d’e-mails à {address}.",
            Channel.SMS: "{account} n’enverra plus de SMS au {address}.",
            Channel.VOICE: "{account} n’appellera plus le {address}.",
            Channel.VOICEMAIL: "{account} ne laissera plus de messages vocaux au {address}.",
            Channel.WHATSAPP: "{account} n’enverra plus de messages WhatsApp au {address}.",
            Channel.PUSH: "{account} n’enverra plus de notifications à votre application.",
            None: "{account} ne vous contactera plus, par aucun canal.",
        },
        done_title="Votre désabonnement est enregistré",
        soon="Un message déjà en route peut encore arriver.",
        undo="Annuler",
        back_title="Votre abonnement est rétabli",
        back="{account} peut de nouveau vous contacter comme avant.",
        resubscribe="Me réabonner",
        choose_title="Comment {account} peut vous contacter",
        choose_lead="Rien ne change tant que vous n’enregistrez pas.",
        channels={
            Channel.EMAIL: "E-mail",
            Channel.SMS: "SMS",
            Channel.VOICE: "Appels téléphoniques",
            Channel.VOICEMAIL: "Messages vocaux",
            Channel.WHATSAPP: "WhatsApp",
            Channel.PUSH: "Notifications de l’application",
        },
        save="Enregistrer",
        leave_all="Me désabonner de tout",
        saved_title="C’est enregistré",
        saved_lead="Voici comment {account} peut vous contacter désormais.",
        on="Activé",
        off="Désactivé",
        blocked={
            Reason.SPAM: "Vous avez signalé un message comme indésirable.",
            Reason.HARDBOUNCED: "Les messages envoyés à cette adresse sont revenus.",
            Reason.USER: "{account} n’envoie plus rien ici.",
        },
        change="Modifier à nouveau",
        none="Il n’y a plus rien à choisir ici.",
        broken_title="Ce lien ne fonctionne pas",
        broken_lead=(
            "Il a peut-être été coupé au moment de la copie. Ouvrez-le de nouveau depuis le "
            "message reçu, ou écrivez à l’expéditeur."
        ),
        busy_title="Un instant, s’il vous plaît",
        busy_lead="Trop de demandes arrivent d’ici. Réessayez dans une minute.",
    ),
    "es": Words(
        name="Español",
        language="Idioma",
        unsubscribe_title="¿Darse de baja?",
        unsubscribe="Darme de baja",
        nothing={
            Channel.EMAIL: "{account} no enviará más correos a {address}.",
            Channel.SMS: "{account} no enviará más SMS al {address}.",
            Channel.VOICE: "{account} no llamará más al {address}.",
            Channel.VOICEMAIL: "{account} no dejará más mensajes de voz en el {address}.",
            Channel.WHATSAPP: "{account} no enviará más mensajes de WhatsApp al {address}.",
            Channel.PUSH: "{account} no enviará más notificaciones a su aplicación.",
            None: "{account} no volverá a contactarle por ningún canal.",
        },
        done_title="Su baja está registrada",
        soon="Es posible que aún llegue algún mensaje que ya estaba en camino.",
        undo="Deshacer",
        back_title="Su suscripción está activa de nuevo",
        back="{account} puede volver a contactarle como antes.",
        resubscribe="Suscribirme de nuevo",
        choose_title="Cómo puede contactarle {account}",
        choose_lead="Nada cambia hasta que guarde.",
        channels={
            Channel.EMAIL: "Correo electrónico",
            Channel.SMS: "SMS",
            Channel.VOICE: "Llamadas",
            Channel.VOICEMAIL: "Mensajes de voz",
            Channel.WHATSAPP: "WhatsApp",
            Channel.PUSH: "Notificaciones de la aplicación",
        },
        save="Guardar",
        leave_all="Darme de baja de todo",
        saved_title="Guardado",
        saved_lead="Así puede contactarle {account} a partir de ahora.",
        on="Activado",
        off="Desactivado",
        blocked={
            Reason.SPAM: "Usted marcó un mensaje como no deseado.",
            Reason.HARDBOUNCED: "Los mensajes enviados a esta dirección fueron devueltos.",
            Reason.USER: "{account} ha dejado de enviar aquí.",
        },
        change="Cambiar de nuevo",
        none="Aquí ya no hay nada que elegir.",
        broken_title="Este enlace no funciona",
        broken_lead=(
            "Quizá se cortó al copiarlo. Ábralo de nuevo desde el mensaje que recibió o "
            "escriba al remitente."
        ),
        busy_title="Un momento, por favor",
        busy_lead=(
            "Llegan demasiadas solicitudes desde aquí. Inténtelo de nuevo dentro de un minuto."
        ),
    ),
    "de": Words(
        name="Deutsch",
        language="Sprache",
        unsubscribe_title="Abmelden?",
        unsubscribe="Abmelden",
        nothing={
            Channel.EMAIL: "{account} sendet keine E-Mails mehr an {address}.",
            Channel.SMS: "{account} sendet keine SMS mehr an {address}.",
            Channel.VOICE: "{account} ruft {address} nicht mehr an.",
            Channel.VOICEMAIL: "{account} hinterlässt keine Sprachnachrichten mehr auf {address}.",
            Channel.WHATSAPP: "{account} sendet keine WhatsApp-Nachrichten mehr an {address}.",
            Channel.PUSH: "{account} sendet keine Mitteilungen mehr an Ihre App.",
            None: "{account} kontaktiert Sie nicht mehr, auf keinem Weg.",
        },
        done_title="Sie sind abgemeldet",
        soon="Eine Nachricht, die schon unterwegs ist, kann noch ankommen.",
        undo="Rückgängig machen",
        back_title="Sie sind wieder angemeldet",
        back="{account} darf Sie wieder wie zuvor kontaktieren.",
        resubscribe="Wieder anmelden",
        choose_title="So darf {account} Sie erreichen",
        choose_lead="Nichts ändert sich, bevor Sie speichern.",
        channels={
            Channel.EMAIL: "E-Mail",
            Channel.SMS: "SMS",
            Channel.VOICE: "Anrufe",
            Channel.VOICEMAIL: "Sprachnachrichten",
            Channel.WHATSAPP: "WhatsApp",
            Channel.PUSH: "App-Mitteilungen",
        },
        save="Speichern",
        leave_all="Von allem abmelden",
        saved_title="Gespeichert",
        saved_lead="So darf {account} Sie ab jetzt erreichen.",
        on="An",
        off="Aus",
        blocked={
            Reason.SPAM: "Sie haben eine Nachricht als Spam gemeldet.",
            Reason.HARDBOUNCED: "Nachrichten an diese Adresse kamen zurück.",
            Reason.USER: "{account} sendet nichts mehr hierher.",
        },
        change="Erneut ändern",
        none="Hier gibt es nichts mehr auszuwählen.",
        broken_title="Dieser Link funktioniert nicht",
        broken_lead=(
            "Vielleicht wurde er beim Kopieren abgeschnitten. Öffnen Sie ihn noch einmal "
            "aus der Nachricht, die Sie erhalten haben, oder schreiben Sie dem Absender."
        ),
        busy_title="Einen Moment, bitte",
        busy_lead=(
            "Von hier kommen zu viele Anfragen. Versuchen Sie es in einer Minute noch einmal."
        ),
    ),
    "hi": Words(
        name="हिन्दी",
        language="भाषा",
        unsubscribe_title="सदस्यता समाप्त करें?",
        unsubscribe="सदस्यता समाप्त करें",
        nothing={
            Channel.EMAIL: "{account} की ओर से {address} पर अब कोई ईमेल नहीं भेजा जाएगा।",
            Channel.SMS: "{account} की ओर से {address} पर अब कोई SMS नहीं भेजा जाएगा।",
            Channel.VOICE: "{account} की ओर से {address} पर अब कोई कॉल नहीं की जाएगी।",
            Channel.VOICEMAIL: ("{account} की ओर से {address} पर अब कोई वॉइस संदेश नहीं छोड़ा जाएगा।"),
            Channel.WHATSAPP: ("{account} की ओर से {address} पर अब कोई WhatsApp संदेश नहीं भेजा जाएगा।"),
            Channel.PUSH: "{account} की ओर से आपके ऐप पर अब कोई सूचना नहीं भेजी जाएगी।",
            None: "{account} की ओर से अब किसी भी माध्यम से आपसे संपर्क नहीं किया जाएगा।",
        },
        done_title="आपकी सदस्यता समाप्त कर दी गई है",
        soon="जो संदेश पहले ही भेजा जा चुका है, वह अब भी आ सकता है।",
        undo="पूर्ववत करें",
        back_title="आपकी सदस्यता फिर से चालू है",
        back="{account} की ओर से पहले की तरह आपसे फिर संपर्क किया जा सकता है।",
        resubscribe="फिर से सदस्यता लें",
        choose_title="{account} की ओर से आपसे कैसे संपर्क किया जाए",
        choose_lead="जब तक आप सहेजते नहीं, कुछ नहीं बदलेगा।",
        channels={
            Channel.EMAIL: "ईमेल",
            Channel.SMS: "SMS",
            Channel.VOICE: "फ़ोन कॉल",
            Channel.VOICEMAIL: "वॉइस संदेश",
            Channel.WHATSAPP: "WhatsApp",
            Channel.PUSH: "ऐप सूचनाएँ",
        },
        save="सहेजें",
        leave_all="सब कुछ बंद करें",
        saved_title="सहेज लिया गया",
        saved_lead="अब से {account} की ओर से आपसे इस तरह संपर्क किया जाएगा।",
        on="चालू",
        off="बंद",
        blocked={
            Reason.SPAM: "आपने एक संदेश को स्पैम बताया था।",
            Reason.HARDBOUNCED: "इस पते पर भेजे गए संदेश वापस लौट आए।",
            Reason.USER: "{account} की ओर से यहाँ भेजना बंद कर दिया गया है।",
        },
        change="फिर से बदलें",
        none="यहाँ अब चुनने के लिए कुछ नहीं है।",
        broken_title="यह लिंक काम नहीं करता",
        broken_lead=(
            "हो सकता है कॉपी करते समय यह कट गया हो। मिले हुए संदेश से इसे दोबारा खोलें, या भेजने वाले को लिखें।"
        ),
        busy_title="कृपया थोड़ा रुकें",
        busy_lead="यहाँ से बहुत अधिक अनुरोध आ रहे हैं। एक मिनट बाद फिर प्रयास करें।",
    ),
}
"""By ISO 639-1 code; English is first and speaks where none of the others is asked for."""
