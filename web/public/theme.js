// Sets the theme before the first paint. A file of its own because the content security policy allows no
// inline scripts. Keep in step with src/components/theme.ts.
;(() => {
  let choice = null
  try {
    choice = localStorage.getItem('theme')
  } catch {}
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.classList.toggle('dark', dark)
})()
