"""A mail server that refuses one recipient, and one that is away."""

from smtplib import SMTPRecipientsRefused

from django.core.mail.backends.locmem import EmailBackend


class Refusing(EmailBackend):
    def send_messages(self, messages):
        if any("refused@" in address for message in messages for address in message.to):
            raise SMTPRecipientsRefused({"refused@example.org": (550, b"no such mailbox")})
        return super().send_messages(messages)


class Away(EmailBackend):
    def open(self):
        raise ConnectionRefusedError("mail server away")
