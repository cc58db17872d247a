/* Gives each cell of a list the heading of its column, which lists.css shows beside it on a phone.
 *
 * Every list of the admin is met here, whoever wrote its template. A table that is shown as blocks is no
 * table any more for some screen readers, so that its roles are said. */
(() => {
  // Wagtail lays out its dashboard's own tables for phones.
  const LISTS = 'table.listing:not(.listing--dashboard, [data-stacks])'

  const heading = (cell) => (cell.querySelector('input') ? '' : cell.textContent.trim())

  const bodies = (table) => [...table.tBodies, table.tFoot].filter(Boolean)

  const tellRoles = (table) => {
    table.setAttribute('role', 'table')
    for (const group of [table.tHead, ...bodies(table)]) {
      group.setAttribute('role', 'rowgroup')
      for (const row of group.rows) {
        row.setAttribute('role', 'row')
        for (const cell of row.cells) {
          const name = group === table.tHead ? 'columnheader' : 'rowheader'
          cell.setAttribute('role', cell.tagName === 'TH' ? name : 'cell')
        }
      }
    }
  }

  const label = (table) => {
    const headings = [...table.tHead.rows[0].cells].map(heading)
    // The first says what the row is about, and needs no word before it.
    headings[headings.findIndex(Boolean)] = ''
    for (const row of bodies(table).flatMap((body) => [...body.rows])) {
      for (const [index, cell] of [...row.cells].entries()) {
        if (headings[index]) cell.dataset.label = headings[index]
      }
    }
  }

  const isGrid = (table) => table.tHead?.rows.length === 1 && !table.querySelector('[colspan], [rowspan]')

  const stack = () => {
    for (const table of [...document.querySelectorAll(LISTS)].filter(isGrid)) {
      label(table)
      tellRoles(table)
      table.dataset.stacks = ''
    }
  }

  stack()
  // Searches, filters, pages and modals bring lists later.
  new MutationObserver(stack).observe(document.body, { childList: true, subtree: true })
})()
