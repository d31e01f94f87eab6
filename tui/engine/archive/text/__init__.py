"""How an archive reads text: words for the index, hosts in an order to search by, what of a task is searched."""
