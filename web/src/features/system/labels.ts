import type { SystemNode } from '@/api'

/** What each node is called, by its id: its host's name, or where it listens if others have that name too. */
export function labelsOf(nodes: readonly SystemNode[]): Record<string, string> {
  const label = (node: SystemNode) =>
    nodes.some((other) => other.name === node.name && other.id !== node.id) ? node.address : node.name
  return Object.fromEntries(nodes.map((node) => [node.id, label(node)]))
}
