document.body.append('nines')
