"""The table of what each service costs and gives is computed, and says something of every service."""

from tests.providers.table import SERVICES, rows


def test_the_table_has_a_row_of_figures_for_every_service() -> None:
    table = {row[0]: row[1:] for row in rows(None)}
    assert tuple(table) == SERVICES
    for client, simulator, read, cited, asked in table.values():
        assert int(client) > 100
        assert int(simulator) > 100
        assert 0 < int(read.split("/")[0]) <= int(read.split("/")[1])
        assert 0 < int(cited.split("/")[0]) <= int(cited.split("/")[1])
        assert asked == "-"
