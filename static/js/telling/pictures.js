/* Shrinks pictures before they are sent, sends them one by one, and says how far it is. Without it the form does the same,
   only slower: whatever goes wrong here leaves the form as it was. */
(() => {
  'use strict'

  const EDGE = 1600
  const QUALITY = 0.82
  const SMALL = 600 * 1024 // bytes; not worth the work
  const KEPT = 'pictures-refused'
  const TRIES = 3 // by itself, while many photos are coming in

  const form = document.querySelector('form[data-pictures]')
  const input = form?.querySelector('input[type=file]')
  const said = form?.querySelector('[data-said]')
  const list = form?.querySelector('[data-sent]')
  const save = form?.querySelector('button[value=save]')
  if (!save || !form.requestSubmit || !window.createImageBitmap || !HTMLCanvasElement.prototype.toBlob) return

  const add = form.querySelector('button[value=add]')
  const buttons = form.querySelectorAll('button')

  function short (name) {
    return name.length > 40 ? name.slice(0, 20) + '…' + name.slice(-10) : name
  }

  /* The same picture as a JPEG of at most 1,600 points; the file itself where the browser cannot read it, or gains nothing. */
  async function smaller (file) {
    if (file.size < SMALL) return file
    let bitmap
    try {
      bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' })
      const factor = Math.min(1, EDGE / Math.max(bitmap.width, bitmap.height))
      const canvas = document.createElement('canvas')
      canvas.width = Math.max(1, Math.round(bitmap.width * factor))
      canvas.height = Math.max(1, Math.round(bitmap.height * factor))
      const context = canvas.getContext('2d', { alpha: false })
      context.fillStyle = 'white'
      context.fillRect(0, 0, canvas.width, canvas.height)
      context.imageSmoothingQuality = 'high'
      context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
      const made = await new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
      return made && made.size < file.size ? made : file
    } catch {
      return file
    } finally {
      bitmap?.close()
    }
  }

  function row (name) {
    const label = document.createElement('label')
    const bar = document.createElement('progress')
    label.textContent = short(name)
    bar.max = 1
    label.append(bar)
    list.append(label)
    return bar
  }

  /* What the server says: how many it added, a sentence for what it did not take, and, where that may be sent again, in how
     many seconds. */
  function send (file, name, bar) {
    const body = new FormData()
    for (const hidden of form.querySelectorAll('input[type=hidden]')) body.append(hidden.name, hidden.value)
    body.append('do', 'add')
    body.append('files', file, name)
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open('POST', form.action)
      request.setRequestHeader('Accept', 'application/json')
      request.responseType = 'json'
      request.upload.addEventListener('progress', event => {
        if (event.lengthComputable) bar.value = event.loaded / event.total
      })
      request.addEventListener('load', () => request.response?.refused ? resolve(request.response) : reject(request.status))
      request.addEventListener('error', reject)
      request.send(body)
    })
  }

  function tell (sentences) {
    list.textContent = ''
    for (const words of sentences) {
      const line = document.createElement('p')
      line.className = 'error'
      line.textContent = words
      list.append(line)
    }
  }

  /* Sent again by itself where many are coming in; not by everybody in the same moment. */
  async function arrive (file, name, bar, which) {
    for (let left = TRIES; ; left--) {
      said.textContent = `Adding ${which}. Please wait.`
      const answer = await send(file, name, bar)
      if (!answer.retry_after || !left) return answer
      said.textContent = `Many photos are coming in just now. Your words are safe. We try ${which} again in a moment.`
      await new Promise(resolve => setTimeout(resolve, answer.retry_after * (750 + 500 * Math.random())))
    }
  }

  async function all (files) {
    const refused = []
    const waiting = []
    let added = 0
    for (const [at, file] of files.entries()) {
      const which = `picture ${at + 1} of ${files.length}`
      said.textContent = `Adding ${which}. Please wait.`
      const bar = row(file.name)
      try {
        const answer = await arrive(await smaller(file), file.name, bar, which)
        added += answer.added
        refused.push(...answer.refused)
        if (answer.retry_after) waiting.push(file)
      } catch {
        refused.push(`“${short(file.name)}” could not be sent. It is still on your device: choose it again.`)
      }
      bar.value = 1
    }
    return { added, refused, waiting }
  }

  let before = 0 // added already, while others wait

  async function take (files) {
    list.textContent = ''
    for (const button of buttons) button.disabled = true
    const { added, refused, waiting } = await all(files)
    for (const button of buttons) button.disabled = false
    input.value = ''
    before += added
    if (before && !waiting.length) {
      try {
        sessionStorage.setItem(KEPT, JSON.stringify(refused))
      } catch {}
      form.requestSubmit(save) // with all that was typed
      return
    }
    tell(refused)
    said.textContent = before ? `Pictures added: ${before}. Not added yet: ${waiting.length}.` : 'No picture was added.'
    if (waiting.length) offer(waiting)
  }

  function offer (files) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'button button--quiet'
    button.textContent = 'Try again'
    button.addEventListener('click', () => take(files))
    list.append(button)
    button.focus()
  }

  input.addEventListener('change', () => {
    if (input.files.length) take([...input.files])
  })

  add.parentElement.hidden = true // choosing them is enough
  try {
    tell(JSON.parse(sessionStorage.getItem(KEPT) || '[]'))
    sessionStorage.removeItem(KEPT)
  } catch {}
})()
