"""What administrators define: user flows, what they ask for and how, and the portal's pages about them."""
