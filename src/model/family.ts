// The two families of IP addresses, as the lab's worlds are of one of them.
export type Family = 'ipv4' | 'ipv6';

export const familyOf = (address: string): Family => (address.includes(':') ? 'ipv6' : 'ipv4');
