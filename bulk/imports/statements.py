"""What an import asks of the database, thousands of lines in a statement.

They stand here, and name tables of `accounts`, because a chunk is judged and written by joins with the staged lines.
"""

from accounts.attributes import BUILT_IN_ATTRIBUTES, EMAIL, USER_NAME

NAME = BUILT_IN_ATTRIBUTES[USER_NAME].column
COLUMNS = [attribute.column for name, attribute in BUILT_IN_ATTRIBUTES.items() if name != EMAIL]

STAGE = """
    COPY bulk_stagedrow (operation_id, line, account_id, email, canonical_email, email_verified, password, language,
        columns, custom, problem, source, standing, entry, unique_values) FROM STDIN
"""

_CHUNK = "row.operation_id = %(operation)s AND row.line > %(after)s AND row.line <= %(until)s AND row.problem = ''"

# Asked by value and not by a join: whatever PostgreSQL believes about a table that was empty a moment ago, it reads no
# row of it twice.
ON_EARLIER_LINES = """
    SELECT row.canonical_email FROM bulk_stagedrow row
    WHERE row.operation_id = %(operation)s AND row.canonical_email = ANY(%(addresses)s) AND row.problem = ''
"""
THERE_ALREADY = """
    SELECT account.canonical_email, account.deleted_at IS NOT NULL FROM accounts_account account
    WHERE account.canonical_email = ANY(%(addresses)s)
"""
# User names, and by which address whoever has them is known.
NAMES_ON_EARLIER_LINES = f"""
    SELECT row.columns->>'{NAME}' FROM bulk_stagedrow row
    WHERE row.operation_id = %(operation)s AND row.columns ? '{NAME}' AND row.columns->>'{NAME}' = ANY(%(names)s)
        AND row.problem = ''
"""
NAMES_THERE_ALREADY = f"""
    SELECT account.{NAME}, account.canonical_email FROM accounts_account account
    WHERE account.{NAME} = ANY(%(names)s) AND account.{NAME} <> ''
"""
# Values that one customer has alone, likewise.
VALUES_ON_EARLIER_LINES = """
    SELECT each.key, each.value FROM bulk_stagedrow row, jsonb_each_text(row.unique_values) each
    WHERE row.operation_id = %(operation)s AND each.value = ANY(%(values)s) AND row.problem = ''
"""
VALUES_THERE_ALREADY = """
    SELECT kept.attribute, kept.value, account.canonical_email
    FROM accounts_uniquevalue kept JOIN accounts_account account ON account.id = kept.account_id
    WHERE kept.attribute = ANY(%(names)s) AND kept.value = ANY(%(values)s)
"""
# Addresses that whoever had them may still take back, with the accounts that have others by now.
KEPT_FOR_OTHERS = """
    SELECT change.canonical_before FROM accounts_addresschange change
    WHERE change.canonical_before = ANY(%(addresses)s) AND change.done_at IS NOT NULL AND change.expires_at > now()
"""

LAST_OF_CHUNK = """
    SELECT max(line) FROM (
        SELECT row.line FROM bulk_stagedrow row
        WHERE row.operation_id = %(operation)s AND row.line > %(after)s AND row.problem = ''
        ORDER BY row.line LIMIT %(size)s) chunk
"""

NEWCOMERS = f"""
    SELECT count(*) FROM bulk_stagedrow row WHERE {_CHUNK} AND NOT EXISTS (
        SELECT FROM accounts_account account WHERE account.canonical_email = row.canonical_email)
"""

# Without a hash nobody signs in by a password: Django knows by the mark.
_KEPT_HASH = "CASE WHEN row.password = '' THEN '!' || replace(gen_random_uuid()::text, '-', '') ELSE row.password END"
_NOW = """to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')"""
_AGREED = f"""(SELECT coalesce(jsonb_object_agg(each.key, {_NOW}), '{{}}')
    FROM jsonb_each(row.custom) each WHERE each.value = 'true')"""

# One that somebody has got since it was checked is left to them. The index on names has none that are empty, and
# serves those alone who say that they ask for no such.
_FREE_NAME = f"""CASE WHEN NOT EXISTS (
        SELECT FROM accounts_account other
        WHERE other.{NAME} = row.columns->>'{NAME}' AND other.{NAME} <> ''
            AND other.canonical_email <> row.canonical_email)
    THEN row.columns->>'{NAME}' END"""
_VALUES = {column: _FREE_NAME if column == NAME else f"row.columns->>'{column}'" for column in COLUMNS}

_WHEN_INVITED = "CASE WHEN row.entry->>'standing' = 'invited' THEN now() END"

# Before anybody is written: what another has got since it was checked is left to them, and so is what somebody here has
# already, who isn't given another by a file.
RESERVE = f"""
    INSERT INTO accounts_uniquevalue (attribute, value, account_id)
    SELECT each.key, each.value, coalesce(account.id, row.account_id)
    FROM bulk_stagedrow row LEFT JOIN accounts_account account ON account.canonical_email = row.canonical_email,
        jsonb_each_text(row.unique_values) each
    WHERE {_CHUNK} AND (account.id IS NULL OR %(updates)s) ORDER BY row.line
    ON CONFLICT DO NOTHING
"""
LEAVE_VALUES_TO_OTHERS = f"""
    UPDATE bulk_stagedrow AS row SET custom = row.custom - ARRAY(
        SELECT each.key FROM jsonb_each_text(row.unique_values) each
        LEFT JOIN accounts_account account ON account.canonical_email = row.canonical_email
        WHERE NOT EXISTS (SELECT FROM accounts_uniquevalue kept WHERE kept.attribute = each.key
            AND kept.value = each.value AND kept.account_id = coalesce(account.id, row.account_id)))
    WHERE {_CHUNK} AND row.unique_values <> '{{}}'
"""
RELEASE = f"""
    DELETE FROM accounts_uniquevalue AS kept USING bulk_stagedrow row
    WHERE {_CHUNK} AND kept.account_id = row.account_id
        AND NOT EXISTS (SELECT FROM accounts_account account WHERE account.id = row.account_id)
"""

BRING_IN = f"""
    INSERT INTO accounts_account AS account (id, email, canonical_email, email_verified, is_active, invited_at,
        language, password, {", ".join(COLUMNS)}, custom_attributes, agreed_at)
    SELECT row.account_id, row.email, row.canonical_email, row.email_verified, true, {_WHEN_INVITED},
        row.language, {_KEPT_HASH}, {", ".join(f"coalesce({value}, '')" for value in _VALUES.values())},
        row.custom, {_AGREED}
    FROM bulk_stagedrow row WHERE {_CHUNK} ORDER BY row.line
    ON CONFLICT (canonical_email) DO NOTHING
    RETURNING account.id, account.email, account.invited_at IS NOT NULL
"""

# Asked once the addresses are written: what was checked is perhaps old, and who waited for the change that has freed an
# address sees that.
LEAVE_TO_OTHERS = f"""
    DELETE FROM accounts_account AS account USING bulk_stagedrow row, accounts_addresschange change
    WHERE {_CHUNK} AND account.id = row.account_id AND change.canonical_before = row.canonical_email
        AND change.done_at IS NOT NULL AND change.expires_at > now()
    RETURNING account.id
"""

_NEW_VALUES = ", ".join(f"coalesce({value}, account.{column})" for column, value in _VALUES.items())
_OLD_VALUES = ", ".join(f"account.{column}" for column in COLUMNS)
_NEW_LANGUAGE = "coalesce(nullif(row.language, ''), account.language)"
_NEW_CUSTOM = "account.custom_attributes || row.custom"
_STILL_AGREED = f"""({_AGREED} || account.agreed_at) - ARRAY(
    SELECT each.key FROM jsonb_each(row.custom) each WHERE each.value <> 'true')"""
# What an account has and the file doesn't stays. A password is never replaced: it may have been changed here since.
UPDATE_THOSE_THERE = f"""
    UPDATE accounts_account AS account SET ({", ".join(COLUMNS)}, language, custom_attributes, agreed_at, updated_at) =
        ROW({_NEW_VALUES}, {_NEW_LANGUAGE}, {_NEW_CUSTOM}, {_STILL_AGREED}, now())
    FROM bulk_stagedrow row
    WHERE {_CHUNK} AND account.canonical_email = row.canonical_email AND account.id <> row.account_id
        AND account.deleted_at IS NULL
        AND ({_OLD_VALUES}, account.language, account.custom_attributes)
            IS DISTINCT FROM ({_NEW_VALUES}, {_NEW_LANGUAGE}, {_NEW_CUSTOM})
    RETURNING account.id, account.email, row.line
"""

ADD_TO_GROUP = f"""
    INSERT INTO accounts_groupmember AS joined (group_id, account_id)
    SELECT %(group)s, account.id
    FROM bulk_stagedrow row JOIN accounts_account account ON account.canonical_email = row.canonical_email
    WHERE {_CHUNK} AND account.deleted_at IS NULL ORDER BY row.line
    ON CONFLICT (account_id, group_id) DO NOTHING
    RETURNING joined.account_id
"""

# Whatever columns an entry has: they were made where a line was judged, all but its times.
LET_THEM_BE_FOUND = f"""
    INSERT INTO accounts_customerentry AS entry SELECT made.*
    FROM bulk_stagedrow row JOIN accounts_account account ON account.id = row.account_id,
        LATERAL jsonb_populate_record(NULL::accounts_customerentry, row.entry || jsonb_build_object(
            'created_at', account.created_at, 'updated_at', account.updated_at)) AS made
    WHERE {_CHUNK}
"""

NOTE_WHO_CAME = f"""
    INSERT INTO bulk_item (operation_id, number, account_id, named, outcome, problem)
    SELECT %(operation)s, row.line, row.account_id, '', 'changed', ''
    FROM bulk_stagedrow row JOIN accounts_account account ON account.id = row.account_id WHERE {_CHUNK}
"""

# What has been brought in is in the accounts; a hash has no business here any longer.
FORGET_CHUNK = f"DELETE FROM bulk_stagedrow AS row WHERE {_CHUNK}"

FORGET_SOME = """
    DELETE FROM bulk_stagedrow WHERE operation_id = %(operation)s AND line IN (
        SELECT line FROM bulk_stagedrow WHERE operation_id = %(operation)s LIMIT %(size)s)
"""
