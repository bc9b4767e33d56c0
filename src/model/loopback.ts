/** The interface by which a network namespace reaches itself. Linux names it so in each of them; libpcap goes by the name, too. */
export const loopback = 'lo';
