"""What a screen reader is given, in the main states. Days and ids are any."""

from playwright.sync_api import expect

from tests.browser.scenes import OLD, managed, secret
from tests.browser.visit import CREATE, DELETE, REVEAL, Visit
from tests.support.stack import Stack


def test_the_signed_out_page(visit: Visit) -> None:
    visit.open()
    expect(visit.page.locator("body")).to_match_aria_snapshot("""
        - link "Skip to the applications"
        - banner: Manage API Credentials
        - main:
          - heading "Manage API Credentials" [level=1]
          - paragraph: /Create and delete the client secrets .+/
          - paragraph:
            - text: For credential managers, with multi-factor authentication.
            - link "MFA user guide"
          - button "Sign in"
        """)


def test_the_list(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 13), secret(product, -2, name="Old"))
    visit.sign_in(scene.jane)
    expect(visit.page.locator("body")).to_match_aria_snapshot("""
        - banner:
          - text: Manage API Credentials Jane Doe OrganisationName
          - button "Sign out"
        - main:
          - heading "Manage API Credentials" [level=1]
          - paragraph: /Create a new secret, put it into your system, .+/
          - paragraph:
            - strong: 1 secret expires within 6 weeks.
          - list:
            - listitem:
              - link "Partner-NL-OrganisationName-SMC"
              - text: ": Secret by Jane Doe, in 13 days"
          - region "Partner-NL-OrganisationName-SMC":
            - heading "Partner-NL-OrganisationName-SMC" [level=2]
            - list "May reach":
              - listitem: Search and Match · production
            - button "Create new secret for Partner-NL-OrganisationName-SMC"
            - paragraph:
              - text: Client ID
              - code: /[0-9a-f-]{36}/
              - button "Copy client ID of Partner-NL-OrganisationName-SMC"
              - status
        - status
        """)
    expect(visit.card(scene.application).get_by_role("table")).to_match_aria_snapshot("""
        - table "Secrets of Partner-NL-OrganisationName-SMC":
          - /children: equal
          - rowgroup:
            - /children: equal
            - row:
              - /children: equal
              - columnheader "Name"
              - columnheader "Starts with"
              - columnheader "Created"
              - columnheader "Expires"
              - columnheader "Last reminder"
              - columnheader "Delete"
          - rowgroup:
            - /children: equal
            - row:
              - rowheader "Old"
              - cell "Q_e…"
              - cell /outside this page/
              - 'cell /\\(2 days ago\\) Expired/'
              - cell "none"
              - cell:
                - button "Delete secret Old, starts with Q_e"
            - row:
              - rowheader "Secret by Jane Doe"
              - cell "Q_e…"
              - cell /outside this page/
              - 'cell /\\(in 13 days\\) Expires in less than a month/'
              - cell "none"
              - cell:
                - button "Delete secret Secret by Jane Doe, starts with Q_e"
        """)


def test_the_dialog_to_create(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 13))
    visit.sign_in(scene.jane)
    dialog = visit.start_create(scene.application, name="")
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(visit.dialog(CREATE)).to_match_aria_snapshot("""
        - dialog "Create new secret":
          - heading "Create new secret" [level=2]
          - paragraph: Partner-NL-OrganisationName-SMC
          - group:
            - paragraph: /Include your own name, .+/
            - textbox "Name" [invalid]
            - alert: Enter a name.
            - group "Expires after":
              - radio /3 months/
              - radio /6 months/
              - radio /12 months .+ recommended/ [checked]
              - radio "Another date"
              - status: /Valid through .+, 23:59 UTC; reminders on .+/
          - button "Cancel"
          - button "Create"
        """)


def test_the_dialog_that_shows_the_value(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 13))
    visit.sign_in(scene.jane)
    value = visit.create(scene.application)
    dialog = visit.dialog(REVEAL)
    expect(dialog).to_match_aria_snapshot("""
        - dialog "Copy your new secret now":
          - heading "Copy your new secret now" [level=2]
          - text: /Nobody can ever show this value again, WMDA included\\..+Client ID/
          - code: /[0-9a-f-]{36}/
          - button "Copy client ID of Partner-NL-OrganisationName-SMC"
          - textbox "Client secret"
          - button "Copy secret"
          - status
          - paragraph: /up to a minute/
          - button "I have stored the value"
        """)
    expect(dialog.get_by_role("textbox", name="Client secret")).to_have_text(value)


def test_the_dialog_to_delete_the_last_valid_secret(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 13))
    visit.sign_in(scene.jane)
    visit.start_delete(scene.application, OLD)
    expect(visit.dialog(DELETE)).to_match_aria_snapshot("""
        - dialog "Delete secret":
          - heading "Delete secret" [level=2]
          - paragraph: Secret by Jane Doe (starts with Q_e) · Partner-NL-OrganisationName-SMC
          - text: /This is the last valid secret\\. .+/
          - 'textbox /To delete it all the same, type: Secret by Jane Doe/'
          - button "Keep secret"
          - button "Delete secret"
        """)
