/* Shows what needs a passkey where the browser can make and use one, and says in words when it does not work out. */
(() => {
  'use strict'

  const REASONS = {
    NotAllowedError: 'That was not finished, or it took too long. Nothing has changed. You can try again.',
    InvalidStateError: 'This device has a passkey for you here already.',
    NotSupportedError: 'This device cannot make a passkey of the kind we need.',
    SecurityError: 'Passkeys do not work at this address. Nothing has changed.'
  }
  const OTHERWISE = 'That did not work. Nothing has changed. Try again, or choose another way.'

  async function options (form) {
    if (form.dataset.passkey !== 'sign-in') return JSON.parse(document.getElementById('passkey-options').textContent)
    const answer = await fetch(form.action, { headers: { Accept: 'application/json' } })
    if (!answer.ok) throw new Error(answer.statusText)
    return await answer.json()
  }

  async function made (form) {
    const asked = await options(form)
    if (form.dataset.passkey !== 'add') return await window.webauthnJSON.get(asked.request_options)
    // The most that the device can: one that signs in by itself if it has room for it, else one beside the code.
    const creation = asked.creation_options
    creation.publicKey.authenticatorSelection.residentKey = 'preferred'
    delete creation.publicKey.authenticatorSelection.requireResidentKey
    return await window.webauthnJSON.create(creation)
  }

  function say (form, words) {
    form.querySelector('[role=alert]')?.remove()
    if (!words) return
    const said = document.createElement('p')
    said.className = 'error'
    said.setAttribute('role', 'alert')
    said.textContent = words
    form.append(said)
  }

  function isOf (form) {
    if (form.dataset.passkey !== 'prove') return true
    return JSON.parse(document.getElementById('passkey-options').textContent).request_options.publicKey.allowCredentials?.length > 0
  }

  if (!window.webauthnJSON?.supported() || !window.isSecureContext) return
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    if (!isOf(form)) continue
    form.hidden = false
    form.addEventListener('submit', async event => {
      event.preventDefault()
      const button = form.querySelector('[type=submit]')
      button.disabled = true
      say(form, '')
      try {
        form.elements.credential.value = JSON.stringify(await made(form))
        form.submit()
      } catch (problem) {
        say(form, REASONS[problem.name] || OTHERWISE)
        button.disabled = false
      }
    })
  }
  for (const instead of document.querySelectorAll('[data-without-passkeys]')) instead.hidden = true
})()
