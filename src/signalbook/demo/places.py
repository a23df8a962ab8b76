"""Where the made-up people live: names, cities and numbers of fourteen countries; no I/O.

Names are written as people there write them; the Latin spelling makes their e-mail address. Every
mobile number is a valid one of its country, every e-mail domain is reserved and reaches nobody.
"""

from typing import NamedTuple


class Country(NamedTuple):
    """One country: `share` of 1,000 people, `mobile` is a prefix and how many digits follow."""

    name: str
    share: int
    language: str
    timezone: str
    mobile: tuple[str, int]
    women: str
    men: str
    families: str
    cities: str


COUNTRIES = (
    Country("United Kingdom", 150, "en", "Europe/London", ("+447400", 6),
            "Olivia Amelia Isla Freya Poppy Charlotte Sophie Grace Ruby Harriet",
            "Oliver George Harry Noah Jack Arthur Callum Rhys Alistair Desmond",
            "Smith Jones Taylor Brown Davies Evans Wilson Okafor Patel Murray Hughes Byrne",
            "London Leeds Manchester Bristol Cardiff Glasgow Belfast Norwich"),
    Country("United States", 160, "en", "America/New_York", ("+1201555", 4),
            "Emma Ava Mia Harper Ella Madison Chloe Aaliyah Hannah Naomi",
            "Liam Mason Ethan Logan Jackson Aiden Carter Isaiah Wyatt Diego",
            "Johnson Williams Miller Garcia Anderson Thomas Martinez Nguyen Clark Rivera Hill",
            "New_York Austin Portland Chicago Denver Atlanta Boston San_Diego"),
    Country("France", 110, "fr", "Europe/Paris", ("+33612", 6),
            "Marie Chloé Léa Manon Inès Camille Aïcha Élodie Margaux Noémie",
            "Lucas Hugo Théo Gabriel Raphaël Jérôme François Mehdi Baptiste Loïc",
            "Martin Bernard Dubois Lefèvre Moreau Benoît Girard Rousseau N'Diaye Perrin Garnier",
            "Paris Lyon Marseille Nantes Bordeaux Lille Toulouse Strasbourg"),
    Country("Germany", 100, "de", "Europe/Berlin", ("+4915228", 6),
            "Anna Lena Hannah Mia Sophia Jule Aylin Käthe Frieda Birgit",
            "Leon Paul Finn Jonas Jürgen Maximilian Emre Björn Götz Lukas",
            "Müller Schmidt Schneider Weber Yılmaz Schäfer Köhler Groß Bauer Krüger Vogel",
            "Berlin Hamburg München Köln Leipzig Stuttgart Dresden Bremen"),
    Country("Spain", 70, "es", "Europe/Madrid", ("+34612", 6),
            "Lucía Sofía Martina Carmen Begoña Noa Ainhoa Pilar",
            "Hugo Mateo Álvaro Íñigo José Pablo Adrián Joaquín",
            "García Fernández López Núñez Ibáñez Etxeberria Romero Castaño Serra",
            "Madrid Barcelona Valencia Sevilla Bilbao Málaga"),
    Country("Italy", 60, "it", "Europe/Rome", ("+39320", 7),
            "Giulia Aurora Ginevra Chiara Beatrice Niccolina",
            "Leonardo Francesco Alessandro Matteo Nicolò Tommaso",
            "Rossi Russo Ferrari Esposito Bianchi Colombo D'Angelo Ricci",
            "Roma Milano Torino Napoli Bologna Firenze"),
    Country("Poland", 50, "pl", "Europe/Warsaw", ("+48512", 6),
            "Zofia Hanna Małgorzata Julia Łucja Agnieszka",
            "Antoni Jakub Szymon Łukasz Michał Wojciech",
            "Nowak Kowalska Wiśniewski Wójcik Zieliński Dąbrowski Król",
            "Warszawa Kraków Łódź Wrocław Gdańsk Poznań"),
    Country("Brazil", 60, "pt", "America/Sao_Paulo", ("+551196", 7),
            "Maria Ana Júlia Beatriz Conceição Letícia",
            "João Miguel Gabriel Antônio Davi Thiago",
            "Silva Santos Oliveira Souza Araújo Gonçalves Ribeiro",
            "São_Paulo Recife Curitiba Salvador Porto_Alegre"),
    Country("India", 90, "en", "Asia/Kolkata", ("+9198", 8),
            "Aadhya Diya Ananya Saanvi Meera Kavya Lakshmi Fatima",
            "Aarav Vivaan Arjun Rohan Ishaan Karthik Imran Gurpreet",
            "Sharma Patel Reddy Iyer Singh Khan Nair Das Banerjee",
            "Hyderabad Mumbai Bengaluru Chennai Kolkata Pune Jaipur"),
    Country("Japan", 50, "ja", "Asia/Tokyo", ("+81901", 7),
            "陽葵=Himari 結衣=Yui 美咲=Misaki さくら=Sakura",
            "蓮=Ren 大翔=Hiroto 健二=Kenji 拓海=Takumi",
            "佐藤=Sato 鈴木=Suzuki 高橋=Takahashi 渡辺=Watanabe 山本=Yamamoto",
            "東京 大阪 京都 札幌 福岡"),
    Country("Greece", 30, "el", "Europe/Athens", ("+30691", 7),
            "Μαρία=Maria Ελένη=Eleni Κατερίνα=Katerina",
            "Γιώργος=Giorgos Νίκος=Nikos Δημήτρης=Dimitris",
            "Παπαδόπουλος=Papadopoulos Νικολάου=Nikolaou Γεωργίου=Georgiou",
            "Αθήνα Θεσσαλονίκη Πάτρα"),
    Country("Ukraine", 30, "uk", "Europe/Kyiv", ("+38050", 7),
            "Оксана=Oksana Марія=Mariia Софія=Sofiia",
            "Андрій=Andrii Тарас=Taras Дмитро=Dmytro",
            "Шевченко=Shevchenko Коваленко=Kovalenko Бондар=Bondar",
            "Київ Львів Одеса"),
    Country("Egypt", 20, "ar", "Africa/Cairo", ("+2010", 8),
            "فاطمة=Fatma مريم=Mariam ليلى=Layla",
            "محمد=Mohamed أحمد=Ahmed يوسف=Youssef",
            "حسن=Hassan علي=Ali محمود=Mahmoud",
            "القاهرة الإسكندرية الجيزة"),
    Country("Kenya", 20, "sw", "Africa/Nairobi", ("+254712", 6),
            "Wanjiru Akinyi Zawadi Njeri",
            "Kamau Otieno Baraka Kiprop",
            "Mwangi Odhiambo Kimani Wekesa",
            "Nairobi Mombasa Kisumu"),
)  # fmt: skip

DOMAINS = ("mailbox.example", "inbox.example", "post.example", "letters.example.org",
           "home.example.net")  # fmt: skip
COMPANIES = ("Northwind Traders", "Blue Door Bakery", "Halden & Sons", "Orbit Cycles",
             "Papierwerk", "Atelier Lumière", "Sakura Tea House", "Kestrel Logistics",
             "Casa Verde", "Fjord Outdoor", "Lantern Books", "Mango & Mint")  # fmt: skip
