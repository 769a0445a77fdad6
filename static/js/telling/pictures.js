/* Shrinks pictures before they are sent, sends them one by one, and says how far it is. Without it the form does the same,
   only slower: whatever goes wrong here leaves the form as it was. */
(() => {
  'use strict'

  const EDGE = 1600
  const QUALITY = 0.82
  const SMALL = 600 * 1024 // bytes; not worth the work
  const KEPT = 'pictures-refused'

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

  /* What the server says: how many it added, and a sentence for what it did not take. */
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

  async function all (files) {
    const refused = []
    let added = 0
    for (const [at, file] of files.entries()) {
      said.textContent = `Adding picture ${at + 1} of ${files.length}. Please wait.`
      const bar = row(file.name)
      try {
        const answer = await send(await smaller(file), file.name, bar)
        added += answer.added
        refused.push(...answer.refused)
      } catch {
        refused.push(`“${short(file.name)}” could not be sent. It is still on your device: choose it again.`)
      }
      bar.value = 1
    }
    return { added, refused }
  }

  input.addEventListener('change', async () => {
    const files = [...input.files]
    if (!files.length) return
    list.textContent = ''
    for (const button of buttons) button.disabled = true
    const { added, refused } = await all(files)
    for (const button of buttons) button.disabled = false
    input.value = ''
    if (added) {
      try {
        sessionStorage.setItem(KEPT, JSON.stringify(refused))
      } catch {}
      form.requestSubmit(save) // with all that was typed
      return
    }
    tell(refused)
    said.textContent = 'No picture was added.'
  })

  add.parentElement.hidden = true // choosing them is enough
  try {
    tell(JSON.parse(sessionStorage.getItem(KEPT) || '[]'))
    sessionStorage.removeItem(KEPT)
  } catch {}
})()
