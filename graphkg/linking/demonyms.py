"""Other words for places: their people (``French`` -> ``France``) and a few usual acronyms."""

from __future__ import annotations

# place: its adjective, and further words for its people. Words that name two places are left out.
_TABLE = """
Afghanistan: Afghan, Afghans | Africa: African, Africans | Albania: Albanian, Albanians
Algeria: Algerian, Algerians | Andorra: Andorran, Andorrans | Angola: Angolan, Angolans
Argentina: Argentine, Argentines, Argentinian, Argentinians | Armenia: Armenian, Armenians
Asia: Asian, Asians | Australia: Australian, Australians | Austria: Austrian, Austrians
Azerbaijan: Azerbaijani, Azerbaijanis | Bahrain: Bahraini, Bahrainis
Bangladesh: Bangladeshi, Bangladeshis | Barbados: Barbadian, Barbadians | Bavaria: Bavarian
Belarus: Belarusian, Belarusians | Belgium: Belgian, Belgians | Benin: Beninese
Bermuda: Bermudian | Bhutan: Bhutanese | Bolivia: Bolivian, Bolivians
Bosnia and Herzegovina: Bosnian, Bosnians | Botswana: Botswanan | Brazil: Brazilian, Brazilians
Bulgaria: Bulgarian, Bulgarians | Burkina Faso: Burkinabé | Burundi: Burundian
California: Californian, Californians | Cambodia: Cambodian, Cambodians
Cameroon: Cameroonian, Cameroonians | Canada: Canadian, Canadians | Catalonia: Catalan, Catalans
Chad: Chadian | Chile: Chilean, Chileans | China: Chinese | Colombia: Colombian, Colombians
Costa Rica: Costa Rican, Costa Ricans | Croatia: Croatian, Croatians | Cuba: Cuban, Cubans
Cyprus: Cypriot, Cypriots | Czech Republic: Czech, Czechs | Denmark: Danish, Dane, Danes
Dominican Republic: Dominican, Dominicans | Ecuador: Ecuadorian, Ecuadorians
Egypt: Egyptian, Egyptians | El Salvador: Salvadoran, Salvadorans | England: English
Eritrea: Eritrean, Eritreans | Estonia: Estonian, Estonians | Ethiopia: Ethiopian, Ethiopians
Europe: European, Europeans | Fiji: Fijian, Fijians | Finland: Finnish, Finn, Finns
Flanders: Flemish | Florence: Florentine | France: French, Frenchman, Frenchwoman
Gabon: Gabonese | Gambia: Gambian | Georgia: Georgian, Georgians | Germany: German, Germans
Ghana: Ghanaian, Ghanaians | Greece: Greek, Greeks | Greenland: Greenlandic | Guam: Guamanian
Guatemala: Guatemalan, Guatemalans | Guinea: Guinean | Guyana: Guyanese | Haiti: Haitian, Haitians
Hawaii: Hawaiian, Hawaiians | Honduras: Honduran, Hondurans | Hungary: Hungarian, Hungarians
Iceland: Icelandic, Icelander, Icelanders | India: Indian, Indians
Indonesia: Indonesian, Indonesians | Iran: Iranian, Iranians | Iraq: Iraqi, Iraqis
Ireland: Irish, Irishman | Israel: Israeli, Israelis | Italy: Italian, Italians
Ivory Coast: Ivorian, Ivorians | Jamaica: Jamaican, Jamaicans | Japan: Japanese
Jordan: Jordanian, Jordanians | Kazakhstan: Kazakh, Kazakhs, Kazakhstani | Kenya: Kenyan, Kenyans
Kosovo: Kosovar, Kosovars | Kuwait: Kuwaiti, Kuwaitis | Kyrgyzstan: Kyrgyz | Laos: Laotian, Lao
Latvia: Latvian, Latvians | Lebanon: Lebanese | Liberia: Liberian, Liberians
Libya: Libyan, Libyans | Liechtenstein: Liechtensteiner | Lithuania: Lithuanian, Lithuanians
London: Londoner, Londoners | Luxembourg: Luxembourgish, Luxembourger | Macau: Macanese
Madagascar: Malagasy | Malawi: Malawian | Malaysia: Malaysian, Malaysians | Mali: Malian, Malians
Malta: Maltese | Mauritania: Mauritanian | Mauritius: Mauritian | Mexico: Mexican, Mexicans
Moldova: Moldovan, Moldovans | Monaco: Monégasque | Mongolia: Mongolian, Mongolians
Montenegro: Montenegrin, Montenegrins | Morocco: Moroccan, Moroccans
Mozambique: Mozambican, Mozambicans | Myanmar: Burmese | Namibia: Namibian, Namibians
Nepal: Nepalese, Nepali | Netherlands: Dutch, Dutchman | New York City: New Yorker, New Yorkers
New Zealand: New Zealander, New Zealanders | Nicaragua: Nicaraguan, Nicaraguans
Nigeria: Nigerian, Nigerians | North Korea: North Korean, North Koreans
North Macedonia: Macedonian, Macedonians | Norway: Norwegian, Norwegians | Oman: Omani
Pakistan: Pakistani, Pakistanis | Palestine: Palestinian, Palestinians
Panama: Panamanian, Panamanians | Papua New Guinea: Papua New Guinean | Paraguay: Paraguayan
Paris: Parisian, Parisians | Peru: Peruvian, Peruvians | Philippines: Filipino, Filipinos
Poland: Polish, Pole, Poles | Portugal: Portuguese | Prussia: Prussian, Prussians
Puerto Rico: Puerto Rican, Puerto Ricans | Qatar: Qatari, Qataris | Quebec: Québécois
Romania: Romanian, Romanians | Russia: Russian, Russians | Rwanda: Rwandan, Rwandans
Samoa: Samoan, Samoans | Saudi Arabia: Saudi, Saudis | Scotland: Scottish, Scot, Scots
Senegal: Senegalese | Serbia: Serbian, Serbians | Sicily: Sicilian
Sierra Leone: Sierra Leonean | Singapore: Singaporean, Singaporeans | Slovakia: Slovak, Slovaks
Slovenia: Slovenian, Slovene, Slovenes | Somalia: Somali, Somalis
South Africa: South African, South Africans | South Korea: South Korean, South Koreans
Soviet Union: Soviet, Soviets | Spain: Spanish, Spaniard, Spaniards | Sri Lanka: Sri Lankan
Sudan: Sudanese | Sweden: Swedish, Swede, Swedes | Switzerland: Swiss | Syria: Syrian, Syrians
Taiwan: Taiwanese | Tajikistan: Tajik, Tajiks | Tanzania: Tanzanian, Tanzanians | Texas: Texan
Thailand: Thai, Thais | Tibet: Tibetan, Tibetans | Tonga: Tongan
Trinidad and Tobago: Trinidadian | Tunisia: Tunisian, Tunisians | Turkey: Turkish, Turk, Turks
Turkmenistan: Turkmen | Uganda: Ugandan, Ugandans | Ukraine: Ukrainian, Ukrainians
United Arab Emirates: Emirati, Emiratis | United Kingdom: British, Briton, Britons
United States: American, Americans | Uruguay: Uruguayan, Uruguayans | Uzbekistan: Uzbek, Uzbeks
Venezuela: Venezuelan, Venezuelans | Venice: Venetian, Venetians | Vietnam: Vietnamese
Wales: Welsh, Welshman | Yemen: Yemeni, Yemenis | Yugoslavia: Yugoslav, Yugoslavs
Zambia: Zambian, Zambians | Zimbabwe: Zimbabwean, Zimbabweans | Bahamas: Bahamian, Bahamians
Austria-Hungary: Austro-Hungarian | Belize: Belizean | Bohemia: Bohemian, Bohemians
Brittany: Breton, Bretons | Brunei: Bruneian | Byzantine Empire: Byzantine | Cornwall: Cornish
Chechnya: Chechen, Chechens | Corsica: Corsican | Crete: Cretan | Croatia: Croat, Croats
Czechoslovakia: Czechoslovak, Czechoslovakian | England: Englishman, Englishmen, Englishwoman
France: Frenchmen | Galicia: Galician | Ireland: Irishmen, Irishwoman | Kashmir: Kashmiri
Korea: Korean, Koreans | Moravia: Moravian | Naples: Neapolitan | Niger: Nigerien
Ottoman Empire: Ottoman, Ottomans | Persia: Persian, Persians | Polynesia: Polynesian
Sardinia: Sardinian | Saxony: Saxon, Saxons | Scandinavia: Scandinavian, Scandinavians
Scotland: Scotsman, Scotswoman | Serbia: Serb, Serbs | Silesia: Silesian | Sumatra: Sumatran
United Kingdom: UK, U.K. | United States: US, U.S., USA, U.S.A. | Soviet Union: USSR
United Arab Emirates: UAE | Suriname: Surinamese | Tasmania: Tasmanian | Togo: Togolese
Tuscany: Tuscan | Tyrol: Tyrolean
"""


def _read() -> dict[str, str]:
    found = {}
    for item in _TABLE.replace("\n", "|").split("|"):
        place, colon, words = item.strip().partition(": ")
        if colon:
            found.update(dict.fromkeys(words.split(", "), place))
    return found


DEMONYMS = _read()
"""Word -> name of the place."""
