"""What an import asks of the database, thousands of lines in a statement.

They stand here, and name tables of `accounts`, because a chunk is judged and written by joins with the staged lines.
"""

from accounts.attributes import BUILT_IN_ATTRIBUTES, EMAIL

COLUMNS = [attribute.column for name, attribute in BUILT_IN_ATTRIBUTES.items() if name != EMAIL]

STAGE = """
    COPY bulk_stagedrow (operation_id, line, account_id, email, canonical_email, email_verified, password, language,
        columns, custom, problem, source, standing) FROM STDIN
"""

_CHUNK = "row.operation_id = %(operation)s AND row.line > %(after)s AND row.line <= %(until)s AND row.problem = ''"

# The first line of an address counts; the others are told which it was.
REFUSE_TWICE = f"""
    UPDATE bulk_stagedrow AS row SET problem = 'This address stands on an earlier line already.'
    WHERE {_CHUNK} AND EXISTS (
        SELECT FROM bulk_stagedrow other
        WHERE other.operation_id = row.operation_id AND other.canonical_email = row.canonical_email
            AND other.line < row.line AND other.problem = '')
"""

# Found by a join with what there is, so that an import of a million customers asks each address once.
MARK_THOSE_THERE = f"""
    UPDATE bulk_stagedrow AS row SET standing = CASE WHEN account.deleted_at IS NULL THEN 'exists' ELSE 'deleted' END,
        problem = CASE WHEN account.deleted_at IS NULL THEN ''
            ELSE 'This is the address of a deleted customer: restore or purge them first.' END
    FROM accounts_account account WHERE {_CHUNK} AND account.canonical_email = row.canonical_email
    RETURNING row.standing
"""

LAST_OF_CHUNK = """
    SELECT max(line) FROM (
        SELECT row.line FROM bulk_stagedrow row
        WHERE row.operation_id = %(operation)s AND row.line > %(after)s AND row.problem = ''
        ORDER BY row.line LIMIT %(size)s) chunk
"""

# Without a hash nobody signs in by a password: Django knows by the mark.
_KEPT_HASH = "CASE WHEN row.password = '' THEN '!' || replace(gen_random_uuid()::text, '-', '') ELSE row.password END"
_NOW = """to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')"""
_AGREED = f"""(SELECT coalesce(jsonb_object_agg(each.key, {_NOW}), '{{}}')
    FROM jsonb_each(row.custom) each WHERE each.value = 'true')"""

BRING_IN = f"""
    INSERT INTO accounts_account AS account (id, email, canonical_email, email_verified, is_active, language, password,
        {", ".join(COLUMNS)}, custom_attributes, agreed_at)
    SELECT row.account_id, row.email, row.canonical_email, row.email_verified, true, row.language, {_KEPT_HASH},
        {", ".join(f"coalesce(row.columns->>'{column}', '')" for column in COLUMNS)}, row.custom, {_AGREED}
    FROM bulk_stagedrow row WHERE {_CHUNK} ORDER BY row.line
    ON CONFLICT (canonical_email) DO NOTHING
    RETURNING account.id, account.email
"""

_NEW_VALUES = ", ".join(f"coalesce(row.columns->>'{column}', account.{column})" for column in COLUMNS)
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
    RETURNING account.id, account.email
"""

ADD_TO_GROUP = f"""
    INSERT INTO accounts_groupmember AS joined (group_id, account_id)
    SELECT %(group)s, account.id
    FROM bulk_stagedrow row JOIN accounts_account account ON account.canonical_email = row.canonical_email
    WHERE {_CHUNK} AND account.deleted_at IS NULL ORDER BY row.line
    ON CONFLICT (account_id, group_id) DO NOTHING
    RETURNING joined.account_id
"""

NOTE_WHO_CAME = """
    INSERT INTO bulk_item (operation_id, number, account_id, named, outcome, problem)
    SELECT %(operation)s, row.line, row.account_id, '', 'changed', ''
    FROM bulk_stagedrow row JOIN unnest(%(ids)s::uuid[]) AS came(id) ON came.id = row.account_id
    WHERE row.operation_id = %(operation)s AND row.line > %(after)s AND row.line <= %(until)s
"""

# What has been brought in is in the accounts; a hash has no business here any longer.
FORGET_CHUNK = f"DELETE FROM bulk_stagedrow AS row WHERE {_CHUNK}"

FORGET_SOME = """
    DELETE FROM bulk_stagedrow WHERE operation_id = %(operation)s AND line IN (
        SELECT line FROM bulk_stagedrow WHERE operation_id = %(operation)s LIMIT %(size)s)
"""

COUNT_PROBLEMS = """
    SELECT row.problem, count(*) FROM bulk_stagedrow row
    WHERE row.operation_id = %(operation)s AND row.line > %(after)s AND row.line <= %(until)s AND row.problem <> ''
    GROUP BY row.problem
"""
