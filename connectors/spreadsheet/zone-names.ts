// Names that exports give to time zones and that are no IANA names: those of Ruby on Rails, which Square and others
// write, and those of Windows. Each line of a list is an IANA zone and what it is called.

function named(lines: string): readonly (readonly [name: string, zone: string])[] {
  return lines
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [zone = '', names = ''] = line.split(': ')
      return names.split(';').map((name) => [name.trim().toLowerCase(), zone.trim()] as const)
    })
}

const RAILS = named(`
  Pacific/Midway: Midway Island
  Pacific/Pago_Pago: American Samoa
  Pacific/Honolulu: Hawaii
  America/Juneau: Alaska
  America/Los_Angeles: Pacific Time (US & Canada)
  America/Tijuana: Tijuana
  America/Denver: Mountain Time (US & Canada)
  America/Phoenix: Arizona
  America/Chihuahua: Chihuahua
  America/Mazatlan: Mazatlan
  America/Chicago: Central Time (US & Canada)
  America/Regina: Saskatchewan
  America/Mexico_City: Guadalajara; Mexico City
  America/Monterrey: Monterrey
  America/Guatemala: Central America
  America/New_York: Eastern Time (US & Canada)
  America/Indiana/Indianapolis: Indiana (East)
  America/Bogota: Bogota
  America/Lima: Lima; Quito
  America/Halifax: Atlantic Time (Canada)
  America/Caracas: Caracas
  America/La_Paz: La Paz
  America/Santiago: Santiago
  America/Asuncion: Asuncion
  America/St_Johns: Newfoundland
  America/Sao_Paulo: Brasilia
  America/Argentina/Buenos_Aires: Buenos Aires
  America/Montevideo: Montevideo
  America/Guyana: Georgetown
  America/Puerto_Rico: Puerto Rico
  America/Godthab: Greenland
  Atlantic/South_Georgia: Mid-Atlantic
  Atlantic/Azores: Azores
  Atlantic/Cape_Verde: Cape Verde Is.
  Europe/Dublin: Dublin
  Europe/London: Edinburgh; London
  Europe/Lisbon: Lisbon
  Africa/Casablanca: Casablanca
  Africa/Monrovia: Monrovia
  Europe/Belgrade: Belgrade
  Europe/Bratislava: Bratislava
  Europe/Budapest: Budapest
  Europe/Ljubljana: Ljubljana
  Europe/Prague: Prague
  Europe/Sarajevo: Sarajevo
  Europe/Skopje: Skopje
  Europe/Warsaw: Warsaw
  Europe/Zagreb: Zagreb
  Europe/Brussels: Brussels
  Europe/Copenhagen: Copenhagen
  Europe/Madrid: Madrid
  Europe/Paris: Paris
  Europe/Amsterdam: Amsterdam
  Europe/Berlin: Berlin
  Europe/Zurich: Bern; Zurich
  Europe/Rome: Rome
  Europe/Stockholm: Stockholm
  Europe/Vienna: Vienna
  Africa/Algiers: West Central Africa
  Europe/Bucharest: Bucharest
  Africa/Cairo: Cairo
  Europe/Helsinki: Helsinki
  Europe/Kiev: Kyiv
  Europe/Riga: Riga
  Europe/Sofia: Sofia
  Europe/Tallinn: Tallinn
  Europe/Vilnius: Vilnius
  Europe/Athens: Athens
  Europe/Istanbul: Istanbul
  Europe/Minsk: Minsk
  Asia/Jerusalem: Jerusalem
  Africa/Harare: Harare
  Africa/Johannesburg: Pretoria
  Europe/Kaliningrad: Kaliningrad
  Europe/Moscow: Moscow; St. Petersburg
  Europe/Volgograd: Volgograd
  Europe/Samara: Samara
  Asia/Kuwait: Kuwait
  Asia/Riyadh: Riyadh
  Africa/Nairobi: Nairobi
  Asia/Baghdad: Baghdad
  Asia/Tehran: Tehran
  Asia/Muscat: Abu Dhabi; Muscat
  Asia/Baku: Baku
  Asia/Tbilisi: Tbilisi
  Asia/Yerevan: Yerevan
  Asia/Kabul: Kabul
  Asia/Yekaterinburg: Ekaterinburg
  Asia/Karachi: Islamabad; Karachi
  Asia/Tashkent: Tashkent
  Asia/Kolkata: Chennai; Kolkata; Mumbai; New Delhi
  Asia/Kathmandu: Kathmandu
  Asia/Dhaka: Astana; Dhaka
  Asia/Colombo: Sri Jayawardenepura
  Asia/Almaty: Almaty
  Asia/Novosibirsk: Novosibirsk
  Asia/Rangoon: Rangoon
  Asia/Bangkok: Bangkok; Hanoi
  Asia/Jakarta: Jakarta
  Asia/Krasnoyarsk: Krasnoyarsk
  Asia/Shanghai: Beijing
  Asia/Chongqing: Chongqing
  Asia/Hong_Kong: Hong Kong
  Asia/Urumqi: Urumqi
  Asia/Kuala_Lumpur: Kuala Lumpur
  Asia/Singapore: Singapore
  Asia/Taipei: Taipei
  Australia/Perth: Perth
  Asia/Irkutsk: Irkutsk
  Asia/Ulaanbaatar: Ulaanbaatar
  Asia/Seoul: Seoul
  Asia/Tokyo: Osaka; Sapporo; Tokyo
  Asia/Yakutsk: Yakutsk
  Australia/Darwin: Darwin
  Australia/Adelaide: Adelaide
  Australia/Melbourne: Canberra; Melbourne
  Australia/Sydney: Sydney
  Australia/Brisbane: Brisbane
  Australia/Hobart: Hobart
  Asia/Vladivostok: Vladivostok
  Pacific/Guam: Guam
  Pacific/Port_Moresby: Port Moresby
  Asia/Magadan: Magadan
  Asia/Srednekolymsk: Srednekolymsk
  Pacific/Guadalcanal: Solomon Is.
  Pacific/Noumea: New Caledonia
  Pacific/Fiji: Fiji
  Asia/Kamchatka: Kamchatka
  Pacific/Majuro: Marshall Is.
  Pacific/Auckland: Auckland; Wellington
  Pacific/Tongatapu: Nuku'alofa
  Pacific/Fakaofo: Tokelau Is.
  Pacific/Chatham: Chatham Is.
  Pacific/Apia: Samoa`)

// A Windows name covers several places; one of them stands for all, whose clocks agree today.
const WINDOWS = named(`
  Pacific/Honolulu: Hawaiian Standard Time
  America/Anchorage: Alaskan Standard Time
  America/Los_Angeles: Pacific Standard Time
  America/Phoenix: US Mountain Standard Time
  America/Denver: Mountain Standard Time
  America/Chicago: Central Standard Time
  America/Mexico_City: Central Standard Time (Mexico)
  America/Regina: Canada Central Standard Time
  America/New_York: Eastern Standard Time
  America/Indiana/Indianapolis: US Eastern Standard Time
  America/Bogota: SA Pacific Standard Time
  America/Halifax: Atlantic Standard Time
  America/La_Paz: SA Western Standard Time
  America/Santiago: Pacific SA Standard Time
  America/St_Johns: Newfoundland Standard Time
  America/Sao_Paulo: E. South America Standard Time
  America/Argentina/Buenos_Aires: Argentina Standard Time
  Europe/London: GMT Standard Time
  Atlantic/Reykjavik: Greenwich Standard Time
  Europe/Berlin: W. Europe Standard Time
  Europe/Budapest: Central Europe Standard Time
  Europe/Warsaw: Central European Standard Time
  Europe/Paris: Romance Standard Time
  Europe/Kiev: FLE Standard Time
  Europe/Bucharest: GTB Standard Time
  Europe/Istanbul: Turkey Standard Time
  Europe/Moscow: Russian Standard Time
  Africa/Cairo: Egypt Standard Time
  Africa/Johannesburg: South Africa Standard Time
  Africa/Lagos: W. Central Africa Standard Time
  Africa/Nairobi: E. Africa Standard Time
  Asia/Jerusalem: Israel Standard Time
  Asia/Riyadh: Arab Standard Time
  Asia/Dubai: Arabian Standard Time
  Asia/Karachi: Pakistan Standard Time
  Asia/Kolkata: India Standard Time
  Asia/Bangkok: SE Asia Standard Time
  Asia/Shanghai: China Standard Time
  Asia/Singapore: Singapore Standard Time
  Asia/Taipei: Taipei Standard Time
  Asia/Tokyo: Tokyo Standard Time
  Asia/Seoul: Korea Standard Time
  Australia/Perth: W. Australia Standard Time
  Australia/Adelaide: Cen. Australia Standard Time
  Australia/Darwin: AUS Central Standard Time
  Australia/Brisbane: E. Australia Standard Time
  Australia/Sydney: AUS Eastern Standard Time
  Australia/Hobart: Tasmania Standard Time
  Pacific/Auckland: New Zealand Standard Time`)

/** Keys are in lower case. */
export const ZONE_NAMES: Readonly<Record<string, string>> = Object.fromEntries([...WINDOWS, ...RAILS])
