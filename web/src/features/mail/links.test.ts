import { expect, it } from 'vitest'
import { piecesOf } from './links'

const links = (text: string) => piecesOf(text).flatMap(({ href }) => href ?? [])

it('finds addresses, without what ends the sentence', () => {
  expect(links('See https://fade.example/a?b=c. Or (http://x.example/y), both!')).toEqual([
    'https://fade.example/a?b=c',
    'http://x.example/y',
  ])
})

it('takes nothing else for a link', () => {
  expect(links('javascript:alert(1) data:text/html,x ftp://x mailto:a@b')).toEqual([])
})

it('keeps every letter', () => {
  const text = 'a https://x.example b\nhttps://y.example'
  expect(
    piecesOf(text)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text)
})
