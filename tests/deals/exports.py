"""Exports as small strings: the quirks of each vendor's files. All companies and amounts are made up."""
# ruff: noqa: E501

CRUNCHBASE_2013 = """\
id,funding_round_id,object_id,funded_at,funding_round_type,funding_round_code,raised_amount_usd,raised_amount,raised_currency_code,participants
1,1,c:4,2006-12-01,series-b,b,8500000.0,8500000.0,USD,2
2,2,c:5,2004-09-01,angel,angel,500000.0,500000.0,USD,1
3,3,c:5,2005-05-01,series-a,a,,1200000.0,EUR,1
4,4,c:6,2007-05-01,post-ipo,post_ipo,25000000.0,25000000.0,USD,1
"""

CRUNCHBASE_2015 = """\
company_permalink,company_name,company_category_list,company_country_code,company_state_code,company_region,company_city,\
investor_permalink,investor_name,funding_round_permalink,funding_round_type,funding_round_code,funded_at,raised_amount_usd
/organization/a,Acme,Artificial Intelligence|Robotics,USA,CA,SF Bay Area,Oakland,/o/x,X,/funding-round/1,venture,A,2014-03-05,4000000
/organization/a,Acme,Artificial Intelligence|Robotics,USA,CA,SF Bay Area,Oakland,/o/y,Y,/funding-round/1,venture,A,2014-03-05,4000000
/organization/b,Bold,Blockchains|Email|Fair Trade,GBR,,London,London,/o/x,X,/funding-round/2,debt_financing,,2014-04-01,7000000
/organization/b,Bold,Blockchains|Email|Fair Trade,GBR,,London,London,/o/x,X,/funding-round/3,seed,,2014-01-09,
/organization/c,Calm,Health,USA,MA,Boston,Concord,/o/x,X,/funding-round/4,secondary_market,,2014-02-02,3000000
"""

CRUNCHBASE_DAILY = """\
uuid,name,type,permalink,cb_url,country_code,state_code,region,city,investment_type,announced_on,raised_amount_usd,\
raised_amount,raised_amount_currency_code,org_uuid,org_name
u1,Series A - Acme,funding_round,acme-a,,USA,CA,California,Palo Alto,series_a,2024-02-03,9000000,9000000,USD,o1,Acme
u2,Seed - Bold,funding_round,bold-s,,DEU,,Berlin,Berlin,seed,2024-02-04,1100000,1000000,EUR,o2,Bold
u3,Debt - Acme,funding_round,acme-d,,USA,CA,California,Palo Alto,debt_financing,2024-02-05,5000000,5000000,USD,o1,Acme
"""

CRUNCHBASE_PAGE = """\
Transaction Name,Transaction Name URL,Organization Name,Organization Name URL,Organization Industries,\
Organization Location,Funding Type,Money Raised,Money Raised Currency,Money Raised Currency (in USD),Announced Date,\
Total Funding Amount Currency (in USD)
Series B - Acme,https://e.org/r/1,Acme,https://e.org/o/1,"Artificial Intelligence (AI), Software",\
"San Francisco, California, United States",Series B,"￥1,000,000",JPY,"7,000",2024-05-01,"99,000,000"
Seed Round - Bold,https://e.org/r/2,Bold,https://e.org/o/2,FinTech,"Paris, Ile-de-France, France",Seed,"€2,000,000",EUR,\
"2,200,000",2024-05-02,"2,200,000"
"""

PITCHBOOK = """\
Downloaded on:,05-Jan-2026
Created for:,"A reader, a class"
Search Criteria:,"Deal Date: From 01-Jan-2024; Valuation: any"
Currency: US Dollar (USD)
© a data firm

Deal ID,Companies,Company ID,Deal Date,Announced Date,Deal Size,Deal Status,Deal Type,Series,Raised to Date,\
Primary Industry Code,Verticals,HQ Location
1-1T,Acme,10-1,15-Mar-2024,02-Feb-2023,"1,200.50",Completed,Later Stage VC,Series C,"5,000.00",Software,"Artificial \
Intelligence & Machine Learning, SaaS","San Francisco, CA"
2-1T,Bold,10-2,16-Mar-2024,16-Mar-2024,3.25,Completed,Seed Round,,3.25,Software,FinTech,"London, United Kingdom"
3-1T,Calm,10-3,17-Mar-2024,17-Mar-2024,10.00,Failed/Cancelled,Early Stage VC,Series A,,Software,,"Austin, TX"
4-1T,Dune,10-4,18-Mar-2024,18-Mar-2024,40.00,Completed,Buyout/LBO,,,Software,,"Vancouver, Canada"
"""

DEALROOM = """\
https://e.org/export
filter: all
ID,NAME,HQ COUNTRY,HQ CITY,INDUSTRIES,TAGS,EACH ROUND TYPE,EACH ROUND AMOUNT,EACH ROUND CURRENCY,EACH ROUND DATE,\
TOTAL FUNDING (USD M)
1,Acme,Germany,Berlin,enterprise software,artificial intelligence,SEED;SERIES A,1.5;10,USD;USD,jan/2024;may/2025,11.5
2,Bold,France,Paris,fintech,,SEED;SERIES A;SERIES B,2;3;n/a,EUR;USD;USD,feb/2024;mar/2024;apr/2024,
3,Calm,Spain,Madrid,health,,SEED;SERIES A,1,USD,jan/2024,
4,Dune,Spain,Madrid,health,,,,,,
"""

INDIA = """\
Sr No,Date dd/mm/yyyy,Startup Name,Industry Vertical,SubVertical,City  Location,Investors Name,InvestmentnType,Amount in USD
1,09/01/2020,Acme,E-Tech,Learning,Bengaluru,X,Private Equity,"20,00,00,000"
2,05/072018,Bold,Transport,Rides,Gurgaon,X,Series C,"80,48,394"
3,02/01/2020,Calm,E-commerce,Beauty,Bengaluru,X,Series B,"1,83,58,8600"
4,12/05/2019,Dune,FinTech,Loans,Mumbai,X,Debt Funding,undisclosed
"""

TECHCRUNCH = """\
permalink,company,numEmps,category,city,state,fundedDate,raisedAmt,raisedCurrency,round
acme,Acme,,web,Tempe,AZ,1-May-07,6850000,USD,b
acme,Acme,,web,Tempe,AZ,1-Oct-06,6000000,USD,a
bold,Bold,7,web,San Mateo,CA,1-Jan-08,50000,EUR,seed
calm,Calm,7,web,Austin,TX,1-Jan-08,90000,USD,debt_round
"""

PREQIN = """\
DEAL ID,PORTFOLIO COMPANY,PORTFOLIO COMPANY ID,DEAL DATE,DEAL TYPE,STAGE,DEAL SIZE (CURR. MN),DEAL SIZE (USD MN),\
INVESTORS / BUYERS (FIRMS),PRIMARY INDUSTRY,INDUSTRY VERTICALS,PORTFOLIO COMPANY COUNTRY,PORTFOLIO COMPANY CITY,\
PORTFOLIO COMPANY STATE/ COUNTY
1,Acme,11,2024-03-05,Venture Capital,Series A/Round 1,10,10,X,Software,AI,US,San Jose,CA
1,Acme,11,2024-03-05,Venture Capital,Series A/Round 1,10,10,Y,Software,AI,US,San Jose,CA
2,Bold,12,2024-04-05,Venture Capital,Venture Debt,20,20,X,Software,FinTech,United Kingdom,London,
3,Calm,13,2024-04-06,Venture Capital,Unspecified Round,5,5.4,X,Health,,Germany,Berlin,
4,Dune,14,2024-04-07,Venture Capital,Secondary Stock Purchase,5,5,X,Health,,US,Austin,TX
"""

TRACXN = """\
SNo.,Round Date,Company Name,Domain Name,Round Name,Round Amount (in USD),Sector,Practice Areas,Country,City
1,"Oct 16, 2024",Acme,acme.example,Series A,"19,775,112.042",Robots,Enterprise,United States,San Jose
2,Jan 2024,Bold,bold.example,Conventional Debt,5000000,FinTech,FinTech,India,Mumbai
3,2024,Calm,calm.example,Seed,,Health,Life,Germany,Berlin
"""

NEWS = """\
published_at,company,amount_usd,amount_raw,stage,location,ai
2024-09-02,Acme,155000000.0,$155M,Undisclosed,NYC,False
2024-09-03,Bold,36100000.0,$36.1m,Series C,"San Francisco, Calif.",True
2024-09-04,Calm,2000000000.0,$2B,Debt,"Austin, TX",True
2024-09-05,Dune,,an undisclosed amount,Seed,New York City,no
"""

PLAIN = "company,date,type,amount USD\nAcme,2024-01-05,Seed,1000000\nBold,2024-02-05,Series A,2000000\n"
